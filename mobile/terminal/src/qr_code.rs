//! The QR code in a picture. Only its text goes on, to the same strict reader as a typed one. Needs nothing else of this program: the wallet
//! core's fuzz target `qr_code` takes this file.

use std::io::{BufRead, Seek};

/// Larger pictures are refused before they are decoded.
const MAX_PIXELS: u64 = 16_000_000;
/// More than this is not allocated for one picture.
const MAX_BYTES: usize = 128 * 1024 * 1024;

/// The text of the one QR code in a PNG picture.
///
/// # Errors
/// What is wrong with the picture, in a few words.
pub(crate) fn text(png: impl BufRead + Seek) -> Result<String, &'static str> {
    let unreadable = |_| "it is not a PNG image";
    let mut decoder = png::Decoder::new_with_limits(png, png::Limits { bytes: MAX_BYTES });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(unreadable)?;
    // The decoder panics on a palette that ends within a colour, so such a picture does not reach it.
    if reader.info().palette.as_deref().is_some_and(|palette| !palette.len().is_multiple_of(3)) {
        return Err("it is not a PNG image");
    }
    let (width, height) = (reader.info().width, reader.info().height);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err("it is larger than 16 megapixels");
    }
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("it is too large")?];
    let frame = reader.next_frame(&mut pixels).map_err(unreadable)?;
    let samples = frame.color_type.samples();
    let grey = |x: usize, y: usize| {
        let at = y * frame.line_size + x * samples;
        let pixel = pixels.get(at..at + samples).unwrap_or_default();
        match *pixel {
            [grey] => grey,
            [grey, alpha] => over_white(grey, alpha),
            [red, green, blue] => luma(red, green, blue),
            [red, green, blue, alpha] => over_white(luma(red, green, blue), alpha),
            _ => u8::MAX,
        }
    };
    let size = |length: u32| usize::try_from(length).map_err(|_| "it is too large");
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size(width)?, size(height)?, grey);
    let codes = image.detect_grids();
    let [code] = codes.as_slice() else {
        return Err(if codes.is_empty() { "there is none" } else { "there is more than one" });
    };
    let (_, text) = code.decode().map_err(|_| "the code is damaged")?;
    Ok(text)
}

/// Brightness of a colour (Rec. 601).
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    let sum = (299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue)) / 1_000;
    u8::try_from(sum).unwrap_or(u8::MAX)
}

/// A half transparent pixel on white paper.
fn over_white(grey: u8, alpha: u8) -> u8 {
    let (grey, alpha) = (u32::from(grey), u32::from(alpha));
    u8::try_from((grey * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The corpus says by a file's name whether it is refused; the picture of a palette that ends within a colour made the decoder panic.
    #[test]
    fn pictures_of_the_corpus_are_read_or_refused() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wallet-core/fuzz/corpus/qr_code");
        let mut seen = 0;
        for entry in corpus.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let refused = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("refused-"));
            let read = text(std::io::Cursor::new(std::fs::read(&path).unwrap()));
            assert_eq!(read.is_err(), refused, "{}: {read:?}", path.display());
            seen += 1;
        }
        assert!(seen >= 3, "the corpus is in wallet-core/fuzz");
    }
}
