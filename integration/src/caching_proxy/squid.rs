//! Squid in front of servers ("accelerator"): it heeds Surrogate-Control before Cache-Control, Expires and Vary, and not
//! Set-Cookie.

use super::backend::Backend;
use crate::nginx::serving;
use edge_demo::{
    Error,
    process::{Server, free_address},
};
use std::{fs, net::SocketAddr, path::Path, process::Command};

pub(super) fn start(program: &Path, folder: &Path, backends: &[Backend<'_>]) -> Result<Server, Error> {
    let address = free_address()?;
    let configuration = folder.join("squid.conf");
    fs::write(&configuration, squid_conf(address, folder, backends)).unwrap();
    let mut command = Command::new(program);
    // Its shared memory has the name of the service.
    command.args(["-N", "-n", &format!("edge{}", address.port())]);
    command.arg("-f").arg(configuration);
    serving("squid", command, address, folder)
}

fn squid_conf(address: SocketAddr, folder: &Path, backends: &[Backend<'_>]) -> String {
    let folder = folder.display();
    let peers: String = backends
        .iter()
        .map(|(host, origin)| {
            let (ip, port) = (origin.ip(), origin.port());
            format!(
                "cache_peer {ip} parent {port} 0 no-query originserver login=PASSTHRU name={host}
                acl for_{host} dstdomain {host}
                cache_peer_access {host} allow for_{host}
                "
            )
        })
        .collect();
    // It refuses to work as root. What it logs goes to where its output goes.
    format!(
        "http_port {address} accel vhost
        {peers}
        never_direct allow all
        http_access allow all
        cache_mem 16 MB
        memory_cache_shared off
        visible_hostname edge
        cache_effective_user proxy
        cache_effective_group proxy
        pid_filename none
        access_log none
        cache_store_log none
        cache_log /dev/null
        coredump_dir {folder}
        netdb_filename none
        pinger_enable off
        shutdown_lifetime 0 seconds
        "
    )
    .lines()
    .map(|line| format!("{}\n", line.trim_start()))
    .collect()
}
