//! From the bank's page to the credential's numbers.

use super::*;

/// Month ends, paydays and the days around them, leap days, turns of the year, and days nobody chose: the customers are the same people on
/// all of them.
const DAYS: [&str; 26] = [
    "2022-01-01T00:00:00Z",
    "2022-03-31T23:59:59Z",
    "2022-08-25T06:00:00Z",
    "2023-02-28T12:00:00Z",
    "2023-06-24T09:30:00Z",
    "2023-12-31T23:59:59Z",
    "2024-01-01T00:00:00Z",
    "2024-02-29T08:00:00Z",
    "2024-05-27T04:00:00Z",
    "2024-07-28T04:00:00Z",
    "2024-10-03T17:45:00Z",
    "2025-03-01T00:00:00Z",
    "2025-04-30T21:00:00Z",
    "2025-09-14T12:00:00Z",
    "2025-11-29T12:00:00Z",
    "2026-01-31T12:00:00Z",
    "2026-07-23T12:00:00Z",
    "2026-11-21T04:00:00Z",
    "2026-12-31T23:59:59Z",
    "2027-02-01T00:00:00Z",
    "2027-05-14T12:00:00Z",
    "2027-08-26T12:00:00Z",
    "2028-02-29T00:00:00Z",
    "2028-10-31T12:00:00Z",
    "2029-06-30T12:00:00Z",
    "2031-01-01T12:00:00Z",
];

/// The customers come out as the sandbox promises, whatever the day.
#[tokio::test]
async fn the_three_customers_come_out_as_promised() {
    for scheme in [OBIE, Scheme::BerlinGroup] {
        use Slot::{FraudRisk, IdentityAndFraudChecksPassed, IdentityVerified, IncomeVerified, PaymentBehaviorVerified, SavingsBehaviorVerified};
        let slots = [IdentityVerified, IncomeVerified, PaymentBehaviorVerified, SavingsBehaviorVerified, IdentityAndFraudChecksPassed, FraudRisk];
        for now in DAYS {
            let world = World::at(scheme, now, 200).await;
            let mut scores = Vec::new();
            for (customer, name, destination, expected) in [
                ("amara", "Amara Osei", "GB", [1, 1, 1, 1, 1, 0]),
                ("tobenna", "Tobenna Eze", "US", [1, 1, 1, 1, 1, 0]),
                ("efua", "Efua Mensah", "EU", [0, 1, 1, 1, 0, 1]),
            ] {
                let mut tokens = world.link(customer).await;
                let snapshot = world.read(&mut tokens).await.unwrap();
                let holder = DeclaredHolder { name: name.into(), destination: destination.parse().unwrap(), origin: None };
                let derived = derive(snapshot, &holder, &ScreeningOutcome::default(), world.clock.now()).unwrap();
                assert_eq!(slots.map(|slot| derived.values[slot.index()]), expected, "{customer} at {now}: {:?}", derived.notes);
                scores.push(u16::try_from(derived.values[Slot::StabilityScore.index()]).unwrap());
            }
            println!("{now}: {scores:?}");
            let tiers: Vec<&str> = scores.iter().map(|score| Tier::of_score(*score).as_str()).collect();
            assert_eq!(tiers, ["A", "B", "C"], "{scores:?} at {now}");
            world.bank.stop().await;
        }
    }
}

/// A real person's account, from the bank's page to the credential's numbers.
///
/// With `PASSID_BERKA_DIR` naming the real files; says so and passes when it is not set.
#[tokio::test]
async fn a_real_account_gives_claims() {
    for scheme in [OBIE, Scheme::BerlinGroup] {
        let Some(directory) = std::env::var_os("PASSID_BERKA_DIR") else {
            println!("skipped: PASSID_BERKA_DIR is not set");
            return;
        };
        let source = BankSource::Berka { directory: directory.into(), accounts: vec![1787, 2] };
        let world = World::serving(scheme, source, "2026-11-21T04:00:00Z", 100).await;
        let customers: Vec<&str> = world.bank.customers().iter().map(|customer| customer.id.as_str()).collect();
        assert_eq!(customers, ["account-2", "account-1787"]);
        for customer in world.bank.customers() {
            let mut tokens = world.link(&customer.id).await;
            let snapshot = world.read(&mut tokens).await.unwrap();
            let holder = DeclaredHolder { name: customer.declared_name.clone(), destination: "EU".parse().unwrap(), origin: None };
            let derived = derive(snapshot, &holder, &ScreeningOutcome::default(), world.clock.now()).unwrap();
            assert_eq!(derived.values[Slot::IdentityVerified.index()], 1);
            assert!(derived.transactions_read > 20, "{}", derived.transactions_read);
            let codes: Vec<&str> = derived.notes.iter().map(|note| note.code.as_str()).collect();
            println!("{}: score {} {codes:?}", customer.id, derived.values[Slot::StabilityScore.index()]);
            // Nearly everything paid into 1787 is cash: that is nobody's verified income.
            assert_eq!(derived.values[Slot::IncomeVerified.index()], u64::from(customer.id == "account-2"));
        }
    }
}
