//! A request given as a picture: a PNG file with a QR code.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::failure::Failure;
use crate::qr_code;

/// What was given: the text of the QR code when it names a PNG file, else the text itself.
pub(crate) fn request(given: &str) -> Result<String, Failure> {
    let path = Path::new(given);
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png")) { read(path) } else { Ok(given.to_owned()) }
}

fn read(path: &Path) -> Result<String, Failure> {
    let file = File::open(path).map_err(|error| Failure::File(format!("{}: {error}", path.display())))?;
    qr_code::text(BufReader::new(file)).map_err(Failure::QrImage)
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
