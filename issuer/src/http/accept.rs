//! Which representation a caller asks for (RFC 9110, section 12.5.1).

use axum::http::{HeaderMap, header};

/// The offered media type the caller likes best; the first offer when the caller does not say, none when no offer will do.
pub fn prefers<'o>(headers: &HeaderMap, offers: &[&'o str]) -> Option<&'o str> {
    let values: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if values.is_empty() {
        return offers.first().copied();
    }
    let ranges: Vec<(&str, f32)> = values.iter().flat_map(|value| value.split(',')).filter_map(range).collect();
    let weight = |offer: &str| {
        let of = |range: &str| ranges.iter().find(|(name, _)| name.eq_ignore_ascii_case(range)).map(|(_, weight)| *weight);
        let family = offer.split_once('/').map(|(family, _)| format!("{family}/*")).unwrap_or_default();
        of(offer).or_else(|| of(&family)).or_else(|| of("*/*")).unwrap_or(0.0)
    };
    let mut best: Option<(&'o str, f32)> = None;
    for offer in offers {
        let weight = weight(offer);
        if weight > best.map_or(0.0, |(_, best)| best) {
            best = Some((offer, weight));
        }
    }
    best.map(|(offer, _)| offer)
}

/// A media range and its weight.
fn range(text: &str) -> Option<(&str, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))).map_or(Ok(1.0), str::parse).ok()?;
    Some((name, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: [&str; 2] = ["image/svg+xml", "image/png"];

    fn preferred(accept: Option<&str>) -> Option<&'static str> {
        let headers = accept.map(|accept| (header::ACCEPT, accept.parse().unwrap())).into_iter().collect();
        prefers(&headers, &OFFERS)
    }

    #[test]
    fn the_most_specific_range_and_the_highest_weight_decide() {
        assert_eq!(preferred(None), Some("image/svg+xml"));
        assert_eq!(preferred(Some("*/*")), Some("image/svg+xml"));
        assert_eq!(preferred(Some("image/png")), Some("image/png"));
        assert_eq!(preferred(Some("image/*;q=0.2, image/png;q=0.9")), Some("image/png"));
        assert_eq!(preferred(Some("image/*, image/svg+xml;q=0")), Some("image/png"));
        assert_eq!(preferred(Some("IMAGE/PNG;Q=0.5, text/html")), Some("image/png"));
        assert_eq!(preferred(Some("text/html")), None);
        assert_eq!(preferred(Some("image/png;q=nonsense")), None);
        assert_eq!(preferred(Some("")), None);
    }
}
