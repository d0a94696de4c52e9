//! The report of a validation: a page of text and two pictures.

use std::fmt::Write as _;

use super::fairness::FOUR_FIFTHS;
use super::model::Model;
use super::validation::{Bin, Validation};

/// Side of a picture's plot in points, and the margin around it.
const SIDE: f64 = 360.0;
const MARGIN: f64 = 60.0;

/// The report as Markdown; it names the pictures `calibration.svg` and `reliability.svg` beside it.
pub fn markdown(model: &Model, found: &Validation) -> String {
    let mut text = format!(
        "# {}\n\n{}\n\n{} loans, {} bad. Ten times five-fold, stratified; features and coefficients are chosen anew in every fold.\n\n\
         | measure | value | spread over repeats |\n|---|---|---|\n| AUC | {:.4} | {:.4} |\n| Brier score | {:.4} | {:.4} |\n",
        model.version, model.training.data, found.loans, found.bad, found.auc.0, found.auc.1, found.brier.0, found.brier.1
    );
    let _ = writeln!(text, "| Brier score of always guessing the mean | {:.4} | |", found.base_brier);
    let _ = writeln!(text, "| Brier skill | {:.3} | |", 1.0 - found.brier.0 / found.base_brier);
    let _ = writeln!(text, "| expected calibration error, ten equal bins | {:.4} | |", found.calibration_error);
    if let Some((loans, bad, auc, brier)) = found.later {
        let _ = writeln!(text, "| trained before 1996, judged on {loans} loans of 1996 ({bad} bad): AUC, Brier | {auc:.4}, {brier:.4} | |");
    }
    let _ = writeln!(
        text,
        "| intervals that hold the true score, simulated (meant: {:.0} %) | {:.1} % | |\n",
        100.0 * found.coverage_meant,
        100.0 * found.coverage
    );
    text.push_str(
        "The intervals cover what refitting would change: each simulated set of outcomes is drawn from the fitted model and trained on anew. \
                   They do not cover a population that behaves differently.\n\n",
    );
    text.push_str("## Features\n\nEach is 0 to 1, more is worse; the coefficient is what full concern adds to the log-odds of a bad outcome.\n\n");
    text.push_str("| feature | days | meaning | coefficient | points |\n|---|---|---|---|---|\n");
    for weight in &model.features {
        let points = -weight.coefficient * model.scale.points_to_double / std::f64::consts::LN_2;
        let name = serde_json::to_string(&weight.feature).unwrap_or_default();
        let _ = writeln!(text, "| {} | {} | {} | {:.4} | {points:.0} |", name.trim_matches('"'), weight.days, weight.meaning, weight.coefficient);
    }
    let _ = writeln!(text, "| intercept | | | {:.4} | |\n\n## Tiers, out of fold\n\n| tier | loans | bad | share |\n|---|---|---|---|", model.intercept);
    for (tier, (loans, bad)) in ["A", "B", "C", "D"].iter().zip(found.tiers) {
        let bin = Bin { loans, bad, predicted: 0.0, observed_between: (0.0, 0.0) };
        let _ = writeln!(text, "| {tier} | {loans} | {bad} | {:.1} % |", 100.0 * bin.observed());
    }
    text.push_str("\n## Reliability\n\n![Calibration](calibration.svg)\n![Reliability table](reliability.svg)\n\n");
    text.push_str("| loans | bad | predicted | observed | 90 % interval of the observed |\n|---|---|---|---|---|\n");
    for bin in &found.bins {
        let (low, high) = bin.observed_between;
        let _ = writeln!(text, "| {} | {} | {:.3} | {:.3} | {low:.3} to {high:.3} |", bin.loans, bin.bad, bin.predicted, bin.observed());
    }
    text.push_str(
        "\n## Fairness\n\nSex and age are read for this audit only. The adverse impact ratio is the smallest rate of passing over the largest, \
                   with the interval that so few loans leave it.\n\n",
    );
    text.push_str("| attribute | cut | group: passed of members | ratio | 90 % interval | at least 0.8 |\n|---|---|---|---|---|---|\n");
    for row in &found.fairness {
        let groups: Vec<String> = row.groups.iter().map(|(group, members, passed)| format!("{group}: {passed} of {members}")).collect();
        let holds = if row.adverse_impact_ratio >= FOUR_FIFTHS { "yes" } else { "**no**" };
        let (ratio, (low, high)) = (row.adverse_impact_ratio, row.between);
        let _ = writeln!(text, "| {} | {} | {} | {ratio:.3} | {low:.3} to {high:.3} | {holds} |", row.attribute, row.tier, groups.join(", "));
    }
    text
}

/// Predicted against observed shares, with the interval of what was observed.
pub fn calibration_svg(found: &Validation) -> String {
    let highest = found.bins.iter().map(|bin| bin.predicted.max(bin.observed_between.1)).fold(0.1, f64::max);
    let place = |value: f64| value / highest * SIDE;
    let (x, y) = (|value: f64| MARGIN + place(value), |value: f64| MARGIN + SIDE - place(value));
    let mut body =
        format!("<line x1='{:.1}' y1='{:.1}' x2='{:.1}' y2='{:.1}' stroke='#999' stroke-dasharray='4 4'/>\n", x(0.0), y(0.0), x(highest), y(highest));
    for bin in &found.bins {
        let (low, high) = bin.observed_between;
        let _ = writeln!(body, "<line x1='{0:.1}' y1='{1:.1}' x2='{0:.1}' y2='{2:.1}' stroke='#1f6feb'/>", x(bin.predicted), y(low), y(high));
        let _ = writeln!(body, "<circle cx='{:.1}' cy='{:.1}' r='4' fill='#1f6feb'/>", x(bin.predicted), y(bin.observed()));
    }
    for step in 0..=4_u8 {
        let value = highest * f64::from(step) / 4.0;
        let _ = writeln!(body, "<text x='{:.1}' y='{:.1}' text-anchor='middle'>{value:.2}</text>", x(value), MARGIN + SIDE + 18.0);
        let _ = writeln!(body, "<text x='{:.1}' y='{:.1}' text-anchor='end'>{value:.2}</text>", MARGIN - 8.0, y(value) + 4.0);
    }
    let _ = writeln!(body, "<text x='{:.1}' y='{:.1}' text-anchor='middle'>predicted share of bad outcomes</text>", MARGIN + SIDE / 2.0, MARGIN + SIDE + 40.0);
    let _ = writeln!(body, "<text transform='translate(16 {:.1}) rotate(-90)' text-anchor='middle'>observed share, 90 % interval</text>", MARGIN + SIDE / 2.0);
    let _ = writeln!(body, "<rect x='{MARGIN}' y='{MARGIN}' width='{SIDE}' height='{SIDE}' fill='none' stroke='#333'/>");
    picture("Calibration out of fold", SIDE + 2.0 * MARGIN, SIDE + 2.0 * MARGIN, &body)
}

/// The reliability table as a picture: a bar for what was predicted and one for what was observed in each bin.
pub fn reliability_svg(found: &Validation) -> String {
    let highest = found.bins.iter().map(|bin| bin.predicted.max(bin.observed())).fold(0.1, f64::max);
    let (row, width) = (26.0, 300.0);
    let mut body = String::from(
        "<text x='20' y='52'>loans</text><text x='75' y='52'>bad</text><text x='120' y='52'>predicted</text><text x='200' y='52'>observed</text>\n",
    );
    let mut top = 62.0;
    for bin in &found.bins {
        let base = top + 15.0;
        let _ = writeln!(
            body,
            "<text x='20' y='{base:.1}'>{}</text><text x='75' y='{base:.1}'>{}</text><text x='120' y='{base:.1}'>{:.3}</text><text x='200' y='{base:.1}'>{:.3}</text>",
            bin.loans,
            bin.bad,
            bin.predicted,
            bin.observed()
        );
        let _ = writeln!(body, "<rect x='280' y='{:.1}' width='{:.1}' height='9' fill='#9aa4b2'/>", top + 1.0, bin.predicted / highest * width);
        let _ = writeln!(body, "<rect x='280' y='{:.1}' width='{:.1}' height='9' fill='#1f6feb'/>", top + 11.0, bin.observed() / highest * width);
        top += row;
    }
    let _ = writeln!(body, "<text x='280' y='52'><tspan fill='#6b7480'>predicted</tspan> <tspan fill='#1f6feb'>observed</tspan></text>");
    picture("Reliability out of fold, safest tenth first", 620.0, top + 20.0, &body)
}

fn picture(title: &str, width: f64, height: f64, body: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.0} {height:.0}' width='{width:.0}' height='{height:.0}' role='img' aria-label='{title}' \
         font-family='sans-serif' font-size='12'>\n<rect width='100%' height='100%' fill='#fff'/>\n<text x='20' y='28' font-size='15'>{title}</text>\n{body}</svg>\n"
    )
}
