//! A request given as a picture: reads the QR code out of a PNG file. Only its text goes on, to the same strict reader as a typed one.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::failure::Failure;

/// Larger pictures are refused before they are decoded.
const MAX_PIXELS: u64 = 16_000_000;
/// More than this is not allocated for one picture.
const MAX_BYTES: usize = 128 * 1024 * 1024;

/// What was given: the text of the QR code when it names a PNG file, else the text itself.
pub(crate) fn request(given: &str) -> Result<String, Failure> {
    let path = Path::new(given);
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png")) { read(path) } else { Ok(given.to_owned()) }
}

fn read(path: &Path) -> Result<String, Failure> {
    let file = File::open(path).map_err(|error| Failure::File(format!("{}: {error}", path.display())))?;
    let unreadable = |_| Failure::QrImage("it is not a PNG image");
    let mut decoder = png::Decoder::new_with_limits(BufReader::new(file), png::Limits { bytes: MAX_BYTES });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(unreadable)?;
    let (width, height) = (reader.info().width, reader.info().height);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Failure::QrImage("it is larger than 16 megapixels"));
    }
    let mut pixels = vec![0; reader.output_buffer_size().ok_or(Failure::QrImage("it is too large"))?];
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
    let size = |length: u32| usize::try_from(length).map_err(|_| Failure::QrImage("it is too large"));
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size(width)?, size(height)?, grey);
    let codes = image.detect_grids();
    let [code] = codes.as_slice() else {
        return Err(Failure::QrImage(if codes.is_empty() { "there is none" } else { "there is more than one" }));
    };
    let (_, text) = code.decode().map_err(|_| Failure::QrImage("the code is damaged"))?;
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
    use super::*;

    /// Writes `text` as a QR code of grey pixels, four to a module.
    fn picture(path: &Path, text: &str) {
        let code = qrcode::QrCode::new(text).unwrap();
        let (modules, scale, quiet) = (code.width(), 4, 4);
        let side = (modules + 2 * quiet) * scale;
        let dark = |x: usize, y: usize| {
            let (x, y) = (x / scale, y / scale);
            (quiet..modules + quiet).contains(&x) && (quiet..modules + quiet).contains(&y) && code[(x - quiet, y - quiet)] == qrcode::Color::Dark
        };
        let pixels: Vec<u8> = (0..side * side).map(|at| if dark(at % side, at / side) { 0 } else { 255 }).collect();
        let side = u32::try_from(side).unwrap();
        let mut encoder = png::Encoder::new(File::create(path).unwrap(), side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    }

    #[test]
    fn a_link_is_read_out_of_its_picture() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("Request.PNG");
        let link = "passid://verify-request?r=req_01hzk3vw0kg9m2x4p6r8t0v2w5&i=ins_01hzk3vw0kg9m2x4p6r8t0v2w4";
        picture(&path, link);
        assert_eq!(request(path.to_str().unwrap()).unwrap(), link);
        assert_eq!(request("AB3X-7YQM").unwrap(), "AB3X-7YQM");
    }

    #[test]
    fn what_is_no_picture_or_has_no_code_is_said() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.png");
        let code = |path: &Path| request(path.to_str().unwrap()).unwrap_err().code();
        assert_eq!(code(&path), "file");
        std::fs::write(&path, b"not a picture").unwrap();
        assert_eq!(code(&path), "qr_image");
        let mut encoder = png::Encoder::new(File::create(&path).unwrap(), 8, 8);
        encoder.set_color(png::ColorType::Rgba);
        encoder.write_header().unwrap().write_image_data(&[255; 256]).unwrap();
        assert_eq!(code(&path), "qr_image");
    }
}
