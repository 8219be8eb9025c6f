//! Has the loader keep the module for as long as the process lives: it has a thread of its own, and values for each thread
//! that have something to do when theirs ends.

fn main() {
    println!("cargo::rustc-link-arg-cdylib=-Wl,-z,nodelete");
}
