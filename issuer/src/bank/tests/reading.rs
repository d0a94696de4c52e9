//! Reading what was consented to: pages, renewals, limits, and going on after a break.

use super::*;

#[tokio::test]
async fn a_linked_bank_gives_every_transaction_of_the_window_once() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let mut tokens = world.link("amara").await;
        let notebook = Notebook::default();
        let snapshot = sync::read(world.provider.as_ref(), &mut tokens, world.window(), &NoStaging, &notebook).await.unwrap();
        assert_eq!(snapshot.accounts.len(), 3);
        assert!(snapshot.transaction_count() > 300, "{}", snapshot.transaction_count());
        let progress = notebook.last.lock().unwrap().unwrap();
        assert_eq!((progress.accounts_done, progress.transactions), (3, snapshot.transaction_count()));
        assert!(notebook.rotations.lock().unwrap().is_empty());
        assert_eq!(snapshot.accounts[0].holders[0].name, "Amara Osei");
        for history in &snapshot.accounts {
            assert!(history.transactions.iter().all(|row| (world.window().from..=world.window().to).contains(&row.booked_on)));
        }
        let small_pages = World::with_page_size(scheme, 7).await;
        let mut tokens = small_pages.link("amara").await;
        assert_eq!(contents(&small_pages.read(&mut tokens).await.unwrap()), contents(&snapshot));
        world.bank.stop().await;
    }
}

#[tokio::test]
async fn an_old_access_token_is_renewed_and_the_new_pair_stored_before_use() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let mut tokens = world.link("tobenna").await;
        let first = tokens.clone();
        world.clock.advance(3_600);
        let notebook = Notebook::default();
        sync::read(world.provider.as_ref(), &mut tokens, world.window(), &NoStaging, &notebook).await.unwrap();
        assert_eq!(notebook.rotations.lock().unwrap().as_slice(), std::slice::from_ref(&tokens));
        assert!(tokens.refresh_token != first.refresh_token);
        // The old pair is worth nothing any more, and trying it ends the family.
        let mut replayed = first;
        world.clock.advance(3_600);
        assert_eq!(world.read(&mut replayed).await.unwrap_err(), BankError::AuthorisationLost);
        assert_eq!(world.read(&mut tokens).await.unwrap_err(), BankError::AuthorisationLost);
    }
}

#[tokio::test]
async fn reading_stops_when_renewed_tokens_cannot_be_stored() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let mut tokens = world.link("tobenna").await;
        world.clock.advance(3_600);
        let notebook = Notebook { refuses: true, ..Notebook::default() };
        assert_eq!(sync::read(world.provider.as_ref(), &mut tokens, world.window(), &NoStaging, &notebook).await.unwrap_err(), BankError::TokensNotStored);
    }
}

#[tokio::test]
async fn a_withdrawn_consent_and_an_ended_one_are_told_apart() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let mut withdrawn = world.link("efua").await;
        let mut ended = world.link("efua").await;
        world.provider.revoke(&withdrawn.consent_id).await.unwrap();
        world.provider.revoke(&withdrawn.consent_id).await.unwrap();
        assert_eq!(world.read(&mut withdrawn).await.unwrap_err(), BankError::ConsentRevoked);
        assert_eq!(world.provider.status(&withdrawn.consent_id).await, Ok(BankLinkStatus::Revoked));
        world.clock.advance(365 * 86_400);
        assert_eq!(world.read(&mut ended).await.unwrap_err(), BankError::ConsentExpired);
        assert_eq!(world.provider.status(&ended.consent_id).await, Ok(BankLinkStatus::Expired));
    }
}

#[tokio::test]
async fn limits_hold() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let mut tokens = world.link("amara").await;
        for (change, expected) in [
            ((|limits| limits.transactions = 20) as fn(&mut ReadLimits), BankError::TooLarge("transactions")),
            (|limits| limits.pages = 2, BankError::TooLarge("pages of one resource")),
            (|limits| limits.accounts = 2, BankError::TooLarge("accounts of one consent")),
            (|limits| limits.response_bytes = 400, BankError::TooLarge("bytes of one answer")),
        ] {
            let provider = world.provider_with(|_, limits| change(limits));
            assert_eq!(sync::read(provider.as_ref(), &mut tokens, world.window(), &NoStaging, &Notebook::default()).await.unwrap_err(), expected);
        }
    }
}

/// Keeps pages as a database would, and counts them.
#[derive(Default)]
struct Shelf {
    pages: Mutex<Vec<(String, u32, Vec<u8>)>>,
    finished: Mutex<Vec<(String, jiff::civil::Date)>>,
}

impl Staging for Shelf {
    fn load(&self) -> BankFuture<'_, Staged> {
        let pages = self.pages.lock().unwrap().clone();
        let pages = pages.into_iter().map(|(account, walk, rows)| StagedPage { account, walk, rows: crate::bank::file::kept::page_from_bytes(&rows).unwrap() });
        let staged = Staged { pages: pages.collect(), finished: self.finished.lock().unwrap().clone() };
        Box::pin(async { Ok(staged) })
    }

    fn save(&self, page: StagedPage) -> BankFuture<'_, ()> {
        let rows = crate::bank::file::kept::page_to_bytes(page.rows).unwrap().to_vec();
        self.pages.lock().unwrap().push((page.account, page.walk, rows));
        Box::pin(async { Ok(()) })
    }

    fn finish<'a>(&'a self, account: &'a str, through: jiff::civil::Date) -> BankFuture<'a, ()> {
        self.finished.lock().unwrap().push((account.to_owned(), through));
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn a_read_that_broke_off_goes_on_with_the_account_it_was_at() {
    for scheme in SCHEMES {
        let world = World::with_page_size(scheme, 20).await;
        let mut tokens = world.link("amara").await;
        let whole = contents(&world.read(&mut tokens).await.unwrap());
        let shelf = Shelf::default();
        // The first account is read whole; somewhere in the second the bank fails for good.
        let first_pages = {
            let counting = Shelf::default();
            sync::read(world.provider.as_ref(), &mut tokens, world.window(), &counting, &Notebook::default()).await.unwrap();
            let first = counting.finished.lock().unwrap()[0].0.clone();
            let pages = counting.pages.lock().unwrap().iter().filter(|page| page.0 == first).count();
            u32::try_from(pages).unwrap()
        };
        let before_pages = match scheme {
            // Accounts, party, and party and balance of three accounts.
            Scheme::Obie(_) => 2 + 3 * 2,
            Scheme::BerlinGroup => 1,
        };
        world.bank.faults().inject_after(crate::sandbox::bank::Fault::ResourceFault, before_pages + first_pages + 1, 40);
        let error = sync::read(world.provider.as_ref(), &mut tokens, world.window(), &shelf, &Notebook::default()).await.unwrap_err();
        assert_eq!(error.code(), "bank_fault");
        assert_eq!(shelf.finished.lock().unwrap().len(), 1, "the cursor moves only after the last page");
        let kept = shelf.pages.lock().unwrap().len();
        assert!(kept > usize::try_from(first_pages).unwrap());
        world.bank.faults().clear();
        let snapshot = sync::read(world.provider.as_ref(), &mut tokens, world.window(), &shelf, &Notebook::default()).await.unwrap();
        assert_eq!(contents(&snapshot), whole);
        let first = shelf.finished.lock().unwrap()[0].0.clone();
        assert!(shelf.pages.lock().unwrap()[kept..].iter().all(|page| page.0 != first), "what was finished is not read again");
    }
}
