//! From statement and witness to every wire of the circuit, without the compiler's witness generator and so without an engine for it.

pub(crate) mod inputs;
#[cfg(feature = "prover")]
pub(crate) mod program;

/// First bytes of a witness program file.
pub(crate) const MAGIC: [u8; 4] = *b"pswp";
pub(crate) const VERSION: u32 = 1;
/// Stands for "no wire": an input the circuit replaced by an expression, or a row that only checks.
pub(crate) const NO_WIRE: u16 = u16::MAX;
