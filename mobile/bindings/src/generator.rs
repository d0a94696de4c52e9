//! Generates bindings from the built library, with exactly the generator version the library was built with.

fn main() {
    uniffi::uniffi_bindgen_main();
}
