//! The wallet core as one native library: everything `passid_wallet_core::face` exports, under C symbols, and nothing else.

passid_wallet_core::uniffi_reexport_scaffolding!();
