//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use passid_issuer::store::DatabaseUrl;
use url::Url;

/// PASSID: prove things about your finances without handing over statements.
#[derive(Debug, Parser)]
#[command(name = "passid", version, about, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) demo: DemoOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show one share from bank to institution on this machine (what runs when no command is given).
    Demo(DemoOptions),
    /// Run the issuer.
    Serve(Box<ServeOptions>),
    /// Look after institutions' workspaces.
    Workspace {
        #[command(subcommand)]
        command: WorkspaceCommand,
    },
    /// Check audit logs.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkspaceCommand {
    /// Enable live verification for a workspace.
    Approve {
        /// The workspace, `ins_…`.
        institution: String,
        #[command(flatten)]
        store: StoreOptions,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that a workspace's log is whole.
    Verify {
        /// The workspace, `ins_…`.
        institution: String,
        #[command(flatten)]
        store: StoreOptions,
    },
}

/// The invented consumers of the sandbox bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Persona {
    /// Amara Osei, Kenya to the United Kingdom.
    Amara,
    /// Tobenna Eze, Nigeria to the United States.
    Tobenna,
    /// Efua Mensah, Ghana to the European Union.
    Efua,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct DemoOptions {
    /// Where everything is kept; the demo can be run again on it.
    #[arg(long, value_name = "DIR", default_value = "passid-data")]
    pub(crate) data: PathBuf,
    /// Where the issuer listens; 127.0.0.1:8420, or a free port when that one is taken.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Whose bank account is linked.
    #[arg(long, value_enum, default_value_t = Persona::Amara)]
    pub(crate) persona: Persona,
    /// Serve real account histories in the layout of the Berka data set from this directory instead of the personas.
    #[arg(long, value_name = "DIR")]
    pub(crate) bank_data: Option<PathBuf>,
    /// The account of --bank-data to link.
    #[arg(long, value_name = "NUMBER", requires = "bank_data", default_value_t = 1787)]
    pub(crate) account: u32,
    /// Stop at the end instead of staying up.
    #[arg(long)]
    pub(crate) once: bool,
    /// Print one JSON document instead of the story.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where the issuer's state is.
#[derive(Debug, Clone, Args)]
pub(crate) struct StoreOptions {
    /// Holds the embedded database and the master key unless said otherwise.
    #[arg(long, value_name = "DIR", default_value = "passid-data", env = "PASSID_DATA")]
    pub(crate) data: PathBuf,
    /// sqlite:PATH or postgres://USER@HOST/NAME; the embedded database in --data when left out.
    #[arg(long, value_name = "URL", env = "PASSID_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<DatabaseUrl>,
    /// The file with the key that seals secrets at rest; made when missing. Server processes on one database share it.
    #[arg(long, value_name = "FILE", env = "PASSID_MASTER_KEY")]
    pub(crate) master_key: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8420", env = "PASSID_LISTEN")]
    pub(crate) listen: SocketAddr,
    /// The address wallets, institutions and banks reach the issuer under; the listening address when left out.
    #[arg(long, value_name = "URL", env = "PASSID_PUBLIC_URL")]
    pub(crate) public_url: Option<Url>,
    /// Sanctions lists to screen; without them nobody is said to be clear.
    #[arg(long, value_name = "DIR", env = "PASSID_SANCTIONS")]
    pub(crate) sanctions: Option<PathBuf>,
    /// Also run the sandbox bank with its three personas, here.
    #[arg(long, value_name = "ADDR", env = "PASSID_SANDBOX_BANK")]
    pub(crate) sandbox_bank: Option<SocketAddr>,
    /// Let sandbox webhooks go to plain http on this machine.
    #[arg(long, env = "PASSID_ALLOW_LOOPBACK_WEBHOOKS")]
    pub(crate) allow_loopback_webhooks: bool,
    /// Accept live presentations although the circuit's keys were made by one party (see circuits/README.md).
    #[arg(long, env = "PASSID_ALLOW_DEVELOPMENT_CIRCUIT")]
    pub(crate) allow_development_circuit: bool,
}
