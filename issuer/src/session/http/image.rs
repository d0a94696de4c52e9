//! The session's deep link as a QR image.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use qrcode::render::svg;
use qrcode::{Color, QrCode};

use passid_api::problem::ProblemCode;
use passid_api::session::deep_link;

use crate::http::ApiError;
use crate::http::accept::prefers;
use crate::http::callers::KeyCaller;
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::service::Service;

use super::{names_own_session, own};

const SVG: &str = "image/svg+xml";
const PNG: &str = "image/png";
/// Pixels of the image's side, at least.
const SIDE: u32 = 240;
/// Light modules around the code that readers need (ISO/IEC 18004).
const QUIET_ZONE: u32 = 4;

pub(super) fn operation() -> Operation {
    names_own_session(Operation::new(Chapter::Sessions, "get_session_qr", "The session's deep link as a QR image"))
        .about("SVG, or PNG when `Accept` prefers it.")
        .by(Caller::AnyKey)
        .answers_text(200, "The image.", SVG, "<svg xmlns=\"http://www.w3.org/2000/svg\">…</svg>")
        .answers_text(200, "The image.", PNG, "\u{89}PNG…")
        .fails([ProblemCode::NotFound])
}

pub(super) async fn qr(State(service): State<Service>, caller: KeyCaller, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, ApiError> {
    let session = own(&service, &caller, &headers, &id).await?;
    let code = QrCode::new(deep_link(session.id, session.institution)).map_err(|error| ApiError::internal(&error))?;
    let vary = (header::VARY, "accept");
    Ok(if prefers(&headers, &[SVG, PNG]) == Some(PNG) {
        let image = png(&code).map_err(|error| ApiError::internal(&error))?;
        ([(header::CONTENT_TYPE, PNG), vary], image).into_response()
    } else {
        let image = code.render::<svg::Color<'_>>().min_dimensions(SIDE, SIDE).build();
        ([(header::CONTENT_TYPE, SVG), vary], image).into_response()
    })
}

/// One bit a pixel, black on white.
fn png(code: &QrCode) -> Result<Vec<u8>, png::EncodingError> {
    let modules = u32::try_from(code.width()).unwrap_or(0);
    let with_zone = modules + 2 * QUIET_ZONE;
    let scale = SIDE.div_ceil(with_zone);
    let side = with_zone * scale;
    let colours = code.to_colors();
    let is_dark = |x: u32, y: u32| {
        let module = |pixel: u32| (pixel / scale).checked_sub(QUIET_ZONE).filter(|module| *module < modules);
        let place = module(x).zip(module(y)).and_then(|(x, y)| usize::try_from(y * modules + x).ok());
        place.and_then(|place| colours.get(place)) == Some(&Color::Dark)
    };
    let mut rows = Vec::new();
    for y in 0..side {
        let light: Vec<bool> = (0..side).map(|x| !is_dark(x, y)).collect();
        rows.extend(light.chunks(8).map(|bits| bits.iter().enumerate().fold(0_u8, |byte, (index, light)| byte | (u8::from(*light) << (7 - index)))));
    }
    let mut image = Vec::new();
    let mut encoder = png::Encoder::new(&mut image, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header()?.write_image_data(&rows)?;
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_png_shows_the_code_with_its_quiet_zone() {
        let code = QrCode::new("passid://verify-request?r=1&i=2").unwrap();
        let image = png(&code).unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(image));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let modules = u32::try_from(code.width()).unwrap();
        let scale = info.width / (modules + 2 * QUIET_ZONE);
        assert!(info.width >= SIDE && info.width == info.height);
        for (index, colour) in code.to_colors().into_iter().enumerate() {
            let index = u32::try_from(index).unwrap();
            let (x, y) = ((index % modules + QUIET_ZONE) * scale, (index / modules + QUIET_ZONE) * scale);
            let pixel = pixels[usize::try_from(y * info.width + x).unwrap()];
            assert_eq!(pixel, if colour == Color::Dark { 0 } else { 255 }, "module {index}");
        }
        assert!(pixels[..usize::try_from(info.width * scale * QUIET_ZONE).unwrap()].iter().all(|pixel| *pixel == 255));
    }
}
