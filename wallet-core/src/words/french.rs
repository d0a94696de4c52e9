//! The wallet's sentences in French.

use passid_api::claims::Slot;

/// The sentence of a key, with gaps such as `{bound}`.
pub(super) fn sentence(key: &str) -> Option<&'static str> {
    Some(match key {
        "permission.identity_verified" => "Votre identité est confirmée par votre banque",
        "permission.income_verified" => "Votre revenu est confirmé, sous forme de fourchette",
        "permission.sanctions_clear" => "Vous ne figurez sur aucune liste de sanctions examinée",
        "permission.payment_reliability" => "La régularité avec laquelle vous payez vos factures",
        "permission.savings_consistency" => "La régularité de votre épargne",
        "permission.fraud_risk" => "Le résultat des contrôles d’identité et de fraude",
        "permission.full_score" => "Votre score de stabilité financière",
        "permission.always" => "La quantité de données bancaires utilisées et leur fraîcheur, les pays et la devise",
        "predicate.holds" => "{what}\u{a0}: oui",
        "predicate.holds_not" => "{what}\u{a0}: non",
        "predicate.at_least" => "{what} est d’au moins {bound}",
        "predicate.at_most" => "{what} est d’au plus {bound}",
        "predicate.equal" => "{what} est exactement {bound}",
        "predicate.not_equal" => "{what} est autre que {bound}",
        "warning.unapproved_institution" => "Cet organisme n’a pas été approuvé. Ne partagez que si vous le connaissez et lui faites confiance.",
        "warning.other_name" => "Le nom affiché pour cette demande n’est pas le nom enregistré de l’organisme.",
        "warning.sandbox" => "Ceci est le bac à sable\u{a0}: personnes et banques sont inventées.",
        "warning.score_asked" => "On vous demande votre score exact, et pas seulement ce que montrent vos données bancaires.",
        "warning.little_time" => "Il reste moins d’une minute pour répondre.",
        "warning.clock_wrong" => "L’horloge de cet appareil est fausse. Réglez-la avant de partager.",
        "obstacle.not_registered" => "Ce portefeuille n’est pas encore configuré.",
        "obstacle.no_credential" => "Vous n’avez pas encore d’attestation. Reliez d’abord votre banque.",
        "obstacle.credential_expired" => "Votre attestation a expiré. Renouvelez-la d’abord.",
        "obstacle.condition_not_met" => "Votre attestation ne remplit pas toutes les conditions demandées. L’organisme n’en apprend rien.",
        _ => return None,
    })
}

/// What a condition is about.
pub(super) const fn subject(claim: Slot) -> &'static str {
    match claim {
        Slot::IdentityVerified => "Votre identité est confirmée par votre banque",
        Slot::IncomeVerified => "Votre revenu est confirmé",
        Slot::IncomeBand => "Votre fourchette de revenu",
        Slot::IncomeMonthly => "Votre revenu mensuel",
        Slot::SanctionsScreeningClear => "Vous ne figurez sur aucune liste de sanctions examinée",
        Slot::PaymentBehaviorVerified => "Votre comportement de paiement est confirmé",
        Slot::PaymentReliability => "La part de vos factures régulières payées à temps",
        Slot::SavingsBehaviorVerified => "Votre comportement d’épargne est confirmé",
        Slot::SavingsConsistency => "La régularité de votre épargne (sur 100)",
        Slot::IdentityAndFraudChecksPassed => "Les contrôles d’identité et de fraude sont réussis",
        Slot::FraudRisk => "Le niveau de signes de fraude",
        Slot::StabilityScore => "Votre score de stabilité financière (300 à 900)",
        Slot::StabilityDetail => "Le détail de votre score",
        Slot::SourceWindow => "La quantité de données bancaires",
        Slot::CorridorAndCurrency => "Les pays et la devise",
        Slot::AccountAgeMonths => "L’ancienneté en mois de votre plus vieux compte",
    }
}

/// The levels of fraud signals.
pub(super) const LEVELS: [&str; 3] = ["faible", "moyen", "élevé"];
