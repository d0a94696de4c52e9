//! Money as banks write it: decimal text to minor units.
