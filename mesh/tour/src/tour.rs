//! A tour of the mesh: requests one by one, what each filter did about them, and what came back.

mod answer;
mod expect;
mod guide;
mod screen;
mod steps;

use std::net::SocketAddr;

use crate::Error;
use guide::Guide;
use screen::Screen;

/// Shows the tour of the mesh behind the Envoy at `edge`, whose admin page is at `admin`, on standard output. `false` when something wasn't as it should be.
///
/// # Errors
/// When the mesh can't be talked to, and [`Error::Interrupted`].
pub fn tour(edge: SocketAddr, admin: SocketAddr) -> Result<bool, Error> {
    let mut guide = Guide::new(edge, admin, Screen::stdout())?;
    steps::all(&mut guide, edge)?;
    guide.summary()
}
