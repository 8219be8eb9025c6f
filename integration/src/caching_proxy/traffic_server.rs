//! Apache Traffic Server: it heeds Cache-Control, Expires and Vary; Set-Cookie for text only.

use super::{backend::Backend, open_folder::open_folder};
use crate::nginx::serving;
use edge_demo::{
    Error,
    process::{Server, free_address},
};
use std::{fs, net::SocketAddr, path::Path, process::Command};

pub(super) fn start(program: &Path, folder: &Path, backends: &[Backend<'_>]) -> Result<Server, Error> {
    let address = free_address()?;
    for part in ["etc", "cache", "logs", "run"] {
        open_folder(&folder.join(part));
    }
    let configured = |name: &str, content: String| fs::write(folder.join("etc").join(name), content).unwrap();
    fs::write(folder.join("runroot.yaml"), layout(folder)).unwrap();
    configured("records.config", records(address));
    configured("storage.config", format!("{}/cache 16M\n", folder.display()));
    configured(
        "ip_allow.yaml",
        "ip_allow: [{apply: in, ip_addrs: 127.0.0.1, action: allow, methods: ALL}]\n".to_owned(),
    );
    let maps = backends
        .iter()
        .map(|(host, origin)| format!("map http://{host}/ http://{origin}/\n"));
    configured("remap.config", maps.collect());
    let mut command = Command::new(program);
    command.arg(format!("--run-root={}", folder.display()));
    serving("traffic_server", command, address, folder)
}

/// Where its parts are.
fn layout(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "prefix: {folder}\nexec_prefix: /usr\nbindir: /usr/bin\nsbindir: /usr/sbin\nsysconfdir: {folder}/etc\n\
         datadir: {folder}/cache\nincludedir: /usr/include\nlibdir: /usr/lib\n\
         libexecdir: /usr/lib/trafficserver/modules\nlocalstatedir: {folder}/run\nruntimedir: {folder}/run\n\
         logdir: {folder}/logs\nmandir: /usr/share/man\ninfodir: /usr/share/info\ncachedir: {folder}/cache\n"
    )
}

fn records(address: SocketAddr) -> String {
    let mut settings = vec![
        format!(
            "http.server_ports STRING {}:ip-in={}",
            address.port(),
            address.ip()
        ),
        // The origin sees the host that was asked for.
        "url_remap.pristine_host_hdr INT 1".to_owned(),
        // Nothing is served before the cache is there.
        "http.wait_for_cache INT 2".to_owned(),
        "exec_thread.autoconfig INT 0".to_owned(),
        "exec_thread.limit INT 1".to_owned(),
        "cache.ram_cache.size INT 4194304".to_owned(),
        "log.logging_enabled INT 0".to_owned(),
    ];
    if rustix::process::geteuid().is_root() {
        settings.push("admin.user_id STRING #-1".to_owned());
    }
    settings
        .iter()
        .map(|setting| format!("CONFIG proxy.config.{setting}\n"))
        .collect()
}
