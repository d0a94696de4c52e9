//! The names of the wires as circom writes them (`.sym`).

use std::collections::HashMap;

/// The lines of a symbol file: signal name and wire, none if the compiler replaced it by an expression.
pub(crate) fn parse(symbols: &str) -> Result<HashMap<&str, Option<usize>>, String> {
    let mut wires = HashMap::new();
    for line in symbols.lines() {
        let mut fields = line.splitn(4, ',');
        let (_, wire, _, name) = (fields.next(), fields.next(), fields.next(), fields.next());
        let (Some(wire), Some(name)) = (wire.and_then(|wire| wire.parse::<i64>().ok()), name) else {
            return Err(format!("not a line of a symbol file: {line}"));
        };
        wires.insert(name, usize::try_from(wire).ok());
    }
    Ok(wires)
}
