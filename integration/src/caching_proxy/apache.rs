//! Apache's mod_cache: it heeds Cache-Control, Expires, Pragma and Vary, and not Set-Cookie.

use super::{backend::Backend, open_folder::open_folder};
use crate::nginx::serving;
use edge_demo::{
    Error,
    process::{Server, free_address},
};
use std::{fs, net::SocketAddr, path::Path, process::Command};

pub(super) fn start(program: &Path, folder: &Path, backends: &[Backend<'_>]) -> Result<Server, Error> {
    let address = free_address()?;
    open_folder(&folder.join("cache"));
    let configuration = folder.join("httpd.conf");
    fs::write(&configuration, httpd_conf(address, folder, backends)).unwrap();
    let mut command = Command::new(program);
    command.arg("-DFOREGROUND").arg("-d").arg(folder);
    command.arg("-f").arg(configuration);
    serving("apache2", command, address, folder)
}

fn httpd_conf(address: SocketAddr, folder: &Path, backends: &[Backend<'_>]) -> String {
    let folder = folder.display();
    let modules: String = [
        "mpm_event",
        "authz_core",
        "proxy",
        "proxy_http",
        "cache",
        "cache_disk",
    ]
    .iter()
    .map(|module| format!("LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n"))
    .collect();
    let hosts: String = backends
        .iter()
        .map(|(host, origin)| {
            // Paths go on as they came.
            format!(
                "<VirtualHost *>\nServerName {host}\nAllowEncodedSlashes NoDecode\nProxyPass / http://{origin}/ nocanon\n</VirtualHost>\n"
            )
        })
        .collect();
    format!(
        "ServerName edge
        Listen {address}
        PidFile {folder}/pid
        ErrorLog {folder}/error.log
        DefaultRuntimeDir {folder}
        Mutex file:{folder} default
        {modules}
        User www-data
        Group www-data
        CacheRoot {folder}/cache
        CacheEnable disk /
        ProxyPreserveHost on
        {hosts}"
    )
}
