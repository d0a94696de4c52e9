//! Uptime as the service level agreement defines it, and the credit that follows.
//!
//! A minute counts as down when no probe of the component passed in it (a probe fails when it is refused or takes over ten seconds,
//! and nobody probes where nothing runs), or when more than half of at least ten requests were answered with 5xx or after more than
//! ten seconds. Minutes of maintenance announced 48 hours before count neither way.

use passid_api::time::Timestamp;

/// Minutes of a day.
pub const MINUTES_PER_DAY: i64 = 1_440;
/// Maintenance counts as announced when it was said so long before, seconds.
pub const ANNOUNCED_SECONDS: i64 = 48 * 3_600;

/// The minute of a time, counted from the epoch.
pub const fn minute_of(time: Timestamp) -> i64 {
    time.seconds().div_euclid(60)
}

/// The day of a minute, counted from the epoch.
pub const fn day_of(minute: i64) -> i64 {
    minute.div_euclid(MINUTES_PER_DAY)
}

/// Minutes up and down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uptime {
    /// Minutes in which it worked.
    pub up: i64,
    /// Minutes in which it did not.
    pub down: i64,
}

impl Uptime {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { up: self.up + other.up, down: self.down + other.down }
    }

    /// Hundredths of a percent, rounded down so that no downtime is rounded away; none where nothing was measured.
    pub const fn basis_points(self) -> Option<i64> {
        let total = self.up + self.down;
        if total == 0 { None } else { Some(self.up * 10_000 / total) }
    }

    /// As it is written: `99.98 %`, or a dash.
    pub fn percent(self) -> String {
        self.basis_points().map_or_else(|| "–".to_owned(), |points| format!("{}.{:02} %", points / 100, points % 100))
    }

    /// Percent of the month's fee that is credited, for a target in hundredths of a percent. No credit where nothing was measured.
    pub const fn credit(self, target: i64) -> i64 {
        let total = self.up + self.down;
        if total == 0 {
            return 0;
        }
        if self.up * 10_000 >= total * target {
            0
        } else if self.up * 10_000 >= total * 9_900 {
            10
        } else if self.up * 10_000 >= total * 9_500 {
            25
        } else {
            50
        }
    }
}

/// What the agreement says, as rows: from below which uptime what is credited, in percent.
pub const CREDITS: [(&str, i64); 3] = [("99.0 % or more, but below the target", 10), ("95.0 % or more, but below 99.0 %", 25), ("below 95.0 %", 50)];

/// A time of announced maintenance, as minutes from the epoch, the last not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first minute.
    pub from: i64,
    /// The minute after the last.
    pub until: i64,
}

/// Minutes from `from` up to `until` that no window covers.
pub fn outside(windows: &[Window], from: i64, until: i64) -> i64 {
    let mut windows: Vec<_> = windows.iter().map(|window| (window.from.max(from), window.until.min(until))).filter(|(from, until)| from < until).collect();
    windows.sort_unstable();
    let (mut covered, mut reached) = (0, from);
    for (begin, end) in windows {
        covered += (end - begin.max(reached)).max(0);
        reached = reached.max(end);
    }
    (until - from).max(0) - covered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_follow_the_agreements_rows_to_the_minute() {
        let of = |down: i64| Uptime { up: 100_000 - down, down }.credit(9_990);
        assert_eq!([of(0), of(100), of(101), of(1_000), of(1_001), of(5_000), of(5_001), of(100_000)], [0, 0, 10, 10, 25, 25, 50, 50]);
        assert_eq!(Uptime::default().credit(9_990), 0, "nothing measured, nothing owed");
    }

    #[test]
    fn downtime_is_never_rounded_away() {
        assert_eq!(Uptime { up: 129_599, down: 1 }.percent(), "99.99 %");
        assert_eq!(Uptime { up: 129_600, down: 0 }.percent(), "100.00 %");
        assert_eq!(Uptime::default().percent(), "–");
    }

    #[test]
    fn announced_minutes_are_left_out_once_however_often_they_were_announced() {
        let window = |from, until| Window { from, until };
        assert_eq!(outside(&[], 10, 70), 60);
        assert_eq!(outside(&[window(0, 20), window(15, 30), window(16, 18), window(65, 200)], 10, 70), 35);
        assert_eq!(outside(&[window(0, 10), window(70, 80)], 10, 70), 60);
        assert_eq!(outside(&[window(0, 100)], 10, 70), 0);
        assert_eq!(outside(&[], 70, 10), 0);
    }
}
