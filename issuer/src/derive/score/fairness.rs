//! Whether groups the law protects pass at similar rates. Sex and age are read for this audit only; no feature knows them.

use super::numbers::count_as_float;
use super::train::Example;

/// The tier cuts.
const CUTS: [(&str, u16); 3] = [("A", 780), ("B", 700), ("C", 620)];
/// Smallest approval rate over largest below which a practice is looked into: the four-fifths rule (29 CFR 1607.4 D).
pub const FOUR_FIFTHS: f64 = 0.8;

/// How groups pass one cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Fairness {
    /// What the groups differ in.
    pub attribute: &'static str,
    /// The tier whose lower end is the cut.
    pub tier: &'static str,
    /// Group, members, and those who pass.
    pub groups: Vec<(&'static str, usize, usize)>,
    /// Smallest rate of passing over the largest; 1 when nobody passes.
    pub adverse_impact_ratio: f64,
    /// Its 90 % interval: what other loans of the same groups might have given.
    pub between: (f64, f64),
}

/// An attribute, its groups, and the group an example is in.
type Attribute<'a> = (&'static str, &'a [&'static str], &'a dyn Fn(&Example) -> Option<&'static str>);

/// Audits `scores`, one for each example.
pub(super) fn audit(examples: &[Example], scores: &[u16]) -> Vec<Fairness> {
    let sex = |example: &Example| example.is_woman.map(|woman| if woman { "women" } else { "men" });
    let age = |example: &Example| {
        example.age.map(|years| match years {
            ..30 => "below 30",
            30..50 => "30 to 49",
            _ => "50 and above",
        })
    };
    let attributes: [Attribute<'_>; 2] = [("sex", &["women", "men"], &sex), ("age", &["below 30", "30 to 49", "50 and above"], &age)];
    let mut found = Vec::new();
    for (attribute, names, group_of) in attributes {
        for (tier, cut) in CUTS {
            let count = |name: &'static str| {
                let members = examples.iter().zip(scores).filter(|(example, _)| group_of(example) == Some(name));
                members.fold((name, 0, 0), |(name, all, passed), (_, score)| (name, all + 1, passed + usize::from(*score >= cut)))
            };
            let groups: Vec<_> = names.iter().map(|name| count(name)).filter(|(_, members, _)| *members > 0).collect();
            let (adverse_impact_ratio, between) = adverse_impact(&groups);
            found.push(Fairness { attribute, tier, groups, adverse_impact_ratio, between });
        }
    }
    found
}

/// The smallest rate of passing over the largest, with the 90 % interval of a ratio of two rates: normal on the logarithm (Katz, Baptista,
/// Azen and Pike 1978). Of more than two groups the two extremes were picked for being extreme, so the interval then errs to the low side.
fn adverse_impact(groups: &[(&'static str, usize, usize)]) -> (f64, (f64, f64)) {
    let parts = groups.iter().map(|(_, members, passed)| (count_as_float(*members), count_as_float(*passed)));
    let rates: Vec<(f64, f64)> =
        parts.map(|(members, passed)| (passed / members, if passed > 0.0 { 1.0 / passed - 1.0 / members } else { f64::INFINITY })).collect();
    let least = rates.iter().copied().min_by(|one, other| one.0.total_cmp(&other.0));
    let most = rates.iter().copied().max_by(|one, other| one.0.total_cmp(&other.0));
    match (least, most) {
        (Some(least), Some(most)) if most.0 > 0.0 => {
            let (ratio, reach) = (least.0 / most.0, (1.644_854 * (least.1 + most.1).sqrt()).exp());
            if least.0 > 0.0 { (ratio, (ratio / reach, ratio * reach)) } else { (0.0, (0.0, 1.0)) }
        }
        _ => (1.0, (0.0, 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_and_its_interval_are_the_textbooks() {
        // 48 of 80 against 63 of 72: 0.6 / 0.875, standard error of the logarithm √(1/48 − 1/80 + 1/63 − 1/72).
        let (ratio, (low, high)) = adverse_impact(&[("a", 80, 48), ("b", 72, 63)]);
        assert!((ratio - 0.685_7).abs() < 1e-4 && (low - 0.580_2).abs() < 1e-3 && (high - 0.810_4).abs() < 1e-3, "{ratio} {low} {high}");
        assert!((adverse_impact(&[("a", 80, 0), ("b", 72, 0)]).0 - 1.0).abs() < 1e-12, "nobody passes");
        assert!((adverse_impact(&[("a", 80, 0), ("b", 72, 9)]).0 - 0.0).abs() < 1e-12);
        assert!((adverse_impact(&[]).0 - 1.0).abs() < 1e-12);
    }
}
