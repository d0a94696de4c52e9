//! How fast screening is, beside comparing with every name, and whether the index loses anything such a scan finds.

use std::time::{Duration, Instant};

use super::matching::name::NameKey;
use super::outcome::Hit;
use super::qualifiers::Qualifiers;
use super::screener::Screener;

/// Of every name of the lists one in so many is asked for when no people are given.
const SAMPLE: usize = 17;

/// The system counts processor time by the tick, a few milliseconds; what is shorter than many of them is measured as elapsed.
const TICKS: Duration = Duration::from_millis(100);

/// What was measured. Times are those of one core: the processor's where the system tells them, else elapsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Names compared with.
    pub names: usize,
    /// People screened.
    pub people: usize,
    /// Screenings a second and core.
    pub per_second: f64,
    /// People compared with every name.
    pub scanned: usize,
    /// Such scans a second and core.
    pub scans_per_second: f64,
    /// Hits of those scans.
    pub found: usize,
    /// How many of them screening did not find, or found otherwise.
    pub lost: usize,
}

/// Screens `people` one after the other, and compares `scans` of them, evenly spaced, with every name.
pub fn measure(screener: &Screener, people: &[(String, Qualifiers)], scans: usize) -> Measured {
    let began = Stopwatch::start();
    let found: Vec<Vec<Hit>> = people.iter().map(|(name, known)| screener.screen_person(name, known).hits).collect();
    let screening = began.stop();
    let every = people.len().div_ceil(scans.max(1)).max(1);
    let began = Stopwatch::start();
    let scanned: Vec<(usize, Vec<Hit>)> =
        people.iter().enumerate().step_by(every).map(|(position, (name, known))| (position, screener.scan_person(name, known).hits)).collect();
    let scanning = began.stop();
    let lost = |(position, hits): &(usize, Vec<Hit>)| {
        let found = found.get(*position).map(Vec::as_slice).unwrap_or_default();
        hits.iter().filter(|hit| !found.contains(hit)).count()
    };
    Measured {
        names: screener.names(),
        people: people.len(),
        per_second: rate(people.len(), screening),
        scanned: scanned.len(),
        scans_per_second: rate(scanned.len(), scanning),
        found: scanned.iter().map(|(_, hits)| hits.len()).sum(),
        lost: scanned.iter().map(lost).sum(),
    }
}

/// People to screen when nobody gives any: names of the lists themselves, a third as they are, a third misspelt, a third with the words of
/// two of them mixed.
pub fn sample(screener: &Screener) -> Vec<(String, Qualifiers)> {
    let names = screener.sample(SAMPLE);
    let other = |position: usize| names.get((position * 7 + 3) % names.len().max(1)).map(String::as_str).unwrap_or_default();
    let ask = |(position, name): (usize, &String)| match position % 3 {
        0 => name.clone(),
        1 => misspelt(name),
        _ => name.split(' ').take(1).chain(other(position).split(' ').skip(1)).collect::<Vec<_>>().join(" "),
    };
    names.iter().enumerate().map(ask).filter(|name| NameKey::of(name).is_some()).map(|name| (name, Qualifiers::default())).collect()
}

/// Without its third letter, and with the two in the middle swapped.
fn misspelt(name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let middle = letters.len() / 2;
    if letters.len() > 4 {
        letters.swap(middle, middle + 1);
        letters.remove(2);
    }
    letters.into_iter().collect()
}

fn rate(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64().max(1e-9)
}

/// Time of this thread.
struct Stopwatch {
    began: Instant,
    processor: Option<Duration>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { began: Instant::now(), processor: processor_time() }
    }

    fn stop(&self) -> Duration {
        let processor = self.processor.zip(processor_time()).map(|(before, after)| after.saturating_sub(before));
        processor.filter(|took| *took >= TICKS).unwrap_or_else(|| self.began.elapsed())
    }
}

/// What this thread has had of a processor, where Linux tells it: other programs on the machine do not count.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_screened_some_are_scanned_and_nothing_is_lost() {
        let directory = tempfile::tempdir().unwrap();
        crate::sandbox::write_sanctions_excerpt(directory.path()).unwrap();
        let screener = Screener::from_directory(directory.path()).unwrap();
        let people: Vec<_> = screener.sample(1).into_iter().map(|name| (misspelt(&name), Qualifiers::default())).collect();
        let measured = measure(&screener, &people, 20);
        assert_eq!((measured.names, measured.people, measured.lost), (screener.names(), people.len(), 0));
        assert!((10..=20).contains(&measured.scanned) && measured.found > 0, "{measured:?}");
        assert!(measured.per_second > 0.0 && measured.scans_per_second > 0.0);
        assert!(!sample(&screener).is_empty());
    }
}
