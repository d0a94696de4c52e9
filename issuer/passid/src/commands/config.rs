//! `passid config`: what would hold, from where, and what is wrong with it.

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::settings::{self, CheckedLayers, SERVE, STORE, ServeOptions};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show every setting of `passid serve` with its source, and every mistake.
    Check(CheckedLayers),
    /// Print the documentation of every setting.
    Reference,
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) fn run(options: Options) -> Result<(), Failure> {
    let Command::Check(CheckedLayers(mut layers)) = options.command else {
        print!("{}", settings::reference());
        return Ok(());
    };
    drop(ServeOptions::from_layers(&mut layers));
    for setting in STORE.iter().chain(SERVE) {
        match layers.text(setting.name) {
            Some((_, source)) if setting.is_secret() => println!("{} = (not shown)    # {source}", setting.name),
            Some((value, source)) => println!("{} = {value:?}    # {source}", setting.name),
            None => println!("# {} is not set", setting.name),
        }
    }
    if layers.mistakes.is_empty() {
        return Ok(());
    }
    let told: Vec<_> = layers.mistakes.iter().map(|mistake| format!("\n  {mistake}")).collect();
    Err(Failure::Operator(format!("the configuration cannot be used:{}", told.concat())))
}
