//! A tour of the mesh: requests one by one, what each filter did about them, and what came back.

mod answer;
mod expect;
mod guide;
mod screen;
mod steps;

use crate::Error;
use crate::mesh::Addresses;
use guide::Guide;
use screen::Screen;

/// Shows the tour on standard output. `false` when something wasn't as it should be.
///
/// # Errors
/// When the mesh can't be talked to, and [`Error::Interrupted`].
pub fn tour(mesh: &Addresses) -> Result<bool, Error> {
    let mut guide = Guide::new(mesh, Screen::stdout())?;
    steps::all(&mut guide, mesh)?;
    guide.summary()
}
