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
            let rates: Vec<f64> = groups.iter().map(|(_, members, passed)| count_as_float(*passed) / count_as_float(*members)).collect();
            let (least, most) = (rates.iter().copied().fold(1.0, f64::min), rates.iter().copied().fold(0.0, f64::max));
            found.push(Fairness { attribute, tier, groups, adverse_impact_ratio: if most > 0.0 { least / most } else { 1.0 } });
        }
    }
    found
}
