//! The claims an institution receives: names and values, only those disclosed.

use serde_json::{Map, Value, json};

use super::encoding::{Corridor, FraudRisk, IncomeBand, OutOfRange, SourceWindow, StabilityDetail};
use super::{SLOT_COUNT, Slot};

/// Which slots a proof disclosed, with their integers.
#[derive(Clone, PartialEq, Eq)]
pub struct DisclosedClaims {
    mask: u16,
    values: [u64; SLOT_COUNT],
}

impl std::fmt::Debug for DisclosedClaims {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "DisclosedClaims(mask {:#06x}, values redacted)", self.mask)
    }
}

impl DisclosedClaims {
    /// `values` where `mask` has its bit set; hidden slots must be zero.
    ///
    /// # Errors
    /// [`OutOfRange`] when a hidden slot is not zero.
    pub fn new(mask: u16, values: [u64; SLOT_COUNT]) -> Result<Self, OutOfRange> {
        let hidden_is_zero = values.iter().enumerate().all(|(index, value)| mask & (1 << index) != 0 || *value == 0);
        if hidden_is_zero { Ok(Self { mask, values }) } else { Err(OutOfRange("a hidden claim")) }
    }

    /// The slot's integer, when it was disclosed. A hidden claim is `None`, never zero.
    pub fn get(&self, slot: Slot) -> Option<u64> {
        (self.mask & (1 << slot.index()) != 0).then(|| self.values[slot.index()])
    }

    /// The claims as the institution reads them.
    ///
    /// `freshness_hours` is the age bound the proof was made for, in whole hours.
    ///
    /// # Errors
    /// [`OutOfRange`] when a disclosed integer is not of its claim's form.
    pub fn to_json(&self, freshness_hours: u64) -> Result<Map<String, Value>, OutOfRange> {
        let corridor = self.get(Slot::CorridorAndCurrency).map(Corridor::decode).transpose()?;
        let mut claims = Map::new();
        for slot in Slot::ALL.iter().copied() {
            let Some(value) = self.get(slot) else { continue };
            match slot {
                Slot::IdentityVerified
                | Slot::IncomeVerified
                | Slot::SanctionsScreeningClear
                | Slot::PaymentBehaviorVerified
                | Slot::SavingsBehaviorVerified
                | Slot::IdentityAndFraudChecksPassed => {
                    let flag = match value {
                        0 => false,
                        1 => true,
                        _ => return Err(OutOfRange(slot.as_str())),
                    };
                    claims.insert(slot.as_str().to_owned(), json!(flag));
                    if slot == Slot::SanctionsScreeningClear {
                        // The integration guide's name for the same claim.
                        claims.insert("sanctions_clear".to_owned(), json!(flag));
                    }
                }
                Slot::IncomeBand => {
                    let band = IncomeBand::decode(value)?;
                    let currency = corridor.ok_or(OutOfRange("corridor"))?.currency;
                    // An unverified income has no band: the empty band is not "zero to zero".
                    let text = if band.upper() == 0 { Value::Null } else { json!(band.display(currency)) };
                    claims.insert(slot.as_str().to_owned(), text);
                }
                Slot::IncomeMonthly | Slot::AccountAgeMonths => {
                    claims.insert(slot.as_str().to_owned(), json!(value));
                }
                Slot::PaymentReliability => {
                    claims.insert(slot.as_str().to_owned(), json!(scaled(value, 1_000_000, 1.0)?));
                }
                Slot::SavingsConsistency => {
                    claims.insert(slot.as_str().to_owned(), json!(scaled(value, 10_000, 100.0)?));
                }
                Slot::FraudRisk => {
                    let level = usize::try_from(value).ok().and_then(|index| FraudRisk::ALL.get(index)).ok_or(OutOfRange("fraud risk"))?;
                    claims.insert(slot.as_str().to_owned(), json!(level));
                }
                Slot::StabilityScore => {
                    claims.insert(slot.as_str().to_owned(), if value == 0 { Value::Null } else { json!(value) });
                }
                Slot::StabilityDetail => insert_detail(&mut claims, value)?,
                Slot::SourceWindow => {
                    let window = SourceWindow::decode(value)?;
                    claims.insert("data_window_days".to_owned(), json!(window.days));
                    claims.insert("linked_accounts".to_owned(), json!(window.accounts));
                }
                Slot::CorridorAndCurrency => {}
            }
        }
        if let Some(corridor) = corridor {
            claims.insert("corridor".to_owned(), json!(format!("{}→{}", corridor.origin, corridor.destination)));
            claims.insert("currency".to_owned(), json!(corridor.currency));
        }
        claims.insert("freshness_hours".to_owned(), json!(freshness_hours));
        Ok(claims)
    }
}

/// `value / limit` of `full`, refusing values above the limit.
fn scaled(value: u64, limit: u32, full: f64) -> Result<f64, OutOfRange> {
    let value = u32::try_from(value).ok().filter(|value| *value <= limit).ok_or(OutOfRange("a ratio"))?;
    Ok(f64::from(value) * full / f64::from(limit))
}

fn insert_detail(claims: &mut Map<String, Value>, value: u64) -> Result<(), OutOfRange> {
    let names = ["fsi_low", "fsi_high", "tier", "confidence", "p_stable"];
    let values = if value == 0 {
        [Value::Null, Value::Null, Value::Null, Value::Null, Value::Null]
    } else {
        let detail = StabilityDetail::decode(value)?;
        [
            json!(detail.low),
            json!(detail.high),
            json!(detail.tier),
            json!(f64::from(detail.confidence) / 100.0),
            json!(f64::from(detail.stable_probability) / 10_000.0),
        ]
    };
    for (name, value) in names.into_iter().zip(values) {
        claims.insert(name.to_owned(), value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::{Permission, PermissionSet};

    fn claims(permissions: &[Permission], fill: impl Fn(&mut [u64; SLOT_COUNT])) -> DisclosedClaims {
        let mask = PermissionSet::new(permissions.iter().copied()).unwrap().disclosure_mask();
        let mut values = [0; SLOT_COUNT];
        values[Slot::SourceWindow.index()] = SourceWindow { days: 180, accounts: 3 }.encode();
        let corridor = Corridor { origin: "KE".parse().unwrap(), destination: "GB".parse().unwrap(), currency: "GBP".parse().unwrap() };
        values[Slot::CorridorAndCurrency.index()] = corridor.encode();
        fill(&mut values);
        DisclosedClaims::new(mask, values).unwrap()
    }

    #[test]
    fn an_institution_sees_what_was_consented_to_and_nothing_else() {
        let disclosed = claims(&[Permission::IncomeVerified], |values| {
            values[Slot::IncomeVerified.index()] = 1;
            values[Slot::IncomeBand.index()] = IncomeBand::new(3_000, 4_000).unwrap().encode();
        });
        let json = disclosed.to_json(2).unwrap();
        assert_eq!(
            Value::Object(json),
            json!({"income_verified": true, "income_band": "£3,000–4,000/mo", "data_window_days": 180, "linked_accounts": 3,
                   "corridor": "KE→GB", "currency": "GBP", "freshness_hours": 2})
        );
        assert_eq!(disclosed.get(Slot::IdentityVerified), None);
    }

    #[test]
    fn a_hidden_claim_is_never_a_claim_of_zero() {
        let mut values = [0; SLOT_COUNT];
        values[Slot::FraudRisk.index()] = 1;
        assert!(DisclosedClaims::new(0, values).is_err());
        let hidden = claims(&[Permission::IncomeVerified], |_| {});
        assert!(!hidden.to_json(1).unwrap().contains_key("fraud_risk"));
    }

    #[test]
    fn integers_of_the_wrong_form_are_refused() {
        for (slot, value, permission) in [
            (Slot::IdentityVerified, 2, Permission::IdentityVerified),
            (Slot::FraudRisk, 3, Permission::FraudRisk),
            (Slot::PaymentReliability, 1_000_001, Permission::PaymentReliability),
            (Slot::StabilityDetail, 1, Permission::FullScore),
        ] {
            let disclosed = claims(&[permission], |values| values[slot.index()] = value);
            assert!(disclosed.to_json(1).is_err(), "{slot}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let disclosed = claims(&[Permission::IdentityVerified], |values| values[Slot::AccountAgeMonths.index()] = 4_321);
        assert!(!format!("{disclosed:?}").contains("4321"));
    }
}
