//! The end of a run sees what is wrong: whatever is not as it was answered is named.

#[cfg(test)]
#[path = "support/programs.rs"]
mod programs;

#[cfg(test)]
mod lies {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use nextid_chaos::host::Backend;
    use nextid_chaos::http::client;
    use nextid_chaos::ledger::{Accepted, Fate, Ledger};
    use nextid_chaos::plan::Service;
    use nextid_chaos::stack::Stack;
    use nextid_chaos::verify::{Findings, verify};
    use nextid_chaos::writer::{Writer, Writers};

    use crate::programs::programs;

    #[tokio::test(flavor = "multi_thread")]
    async fn whatever_was_answered_otherwise_is_named() {
        let logs = tempfile::tempdir().unwrap();
        let stack = Stack::start(Backend::Sqlite, &programs(), logs.path()).await.unwrap();
        let (stack, client) = (Arc::new(stack), client().unwrap());
        let writers = Arc::new(Writers {
            stack: Arc::clone(&stack),
            ledger: Ledger::default(),
            stopping: AtomicBool::new(false),
            seed: 1,
            avatars: 4,
        });
        let running = Service::ALL
            .map(|service| tokio::spawn(Writer::new(Arc::clone(&writers), service, 0, client.clone()).run()));
        while Service::ALL.iter().any(|service| accepted(&writers.ledger, *service).is_none()) {
            tokio::task::yield_now().await;
        }
        writers.stopping.store(true, Ordering::Relaxed);
        for writer in running {
            writer.await.unwrap();
        }
        let ledger = &writers.ledger;
        let found = verify(&stack, ledger, &client).await.unwrap();
        assert!(found.is_clean(), "{found:?}");

        for service in Service::ALL {
            let (chain, uuid, is) = accepted(ledger, service).unwrap();
            // A 201 for what is not there.
            ledger.accepted(chain, "00000000-0000-4000-8000-000000000000", is);
            let found = verify(&stack, ledger, &client).await.unwrap();
            assert_eq!(kinds(&found)[..3], [1, 0, 0], "{found:?}");
            ledger.forget(chain, "00000000-0000-4000-8000-000000000000");
            // Other bytes, and another place, than was answered.
            for (told, wanted) in [
                (Accepted { digest: [0; 32], ..is }, [1, 0, 0]),
                (Accepted { seq: is.seq + 1, ..is }, [0, 1, 0]),
            ] {
                ledger.forget(chain, &uuid);
                ledger.accepted(chain, &uuid, told);
                let found = verify(&stack, ledger, &client).await.unwrap();
                assert_eq!(kinds(&found)[..3], wanted, "{found:?}");
            }
            // A refusal for what is there, and a link that nobody sent.
            ledger.forget(chain, &uuid);
            let found = verify(&stack, ledger, &client).await.unwrap();
            assert_eq!(kinds(&found), [0, 0, 0, 1], "{found:?}");
            ledger.refused(chain, &uuid);
            let found = verify(&stack, ledger, &client).await.unwrap();
            assert_eq!(kinds(&found), [0, 0, 0, 1], "{found:?}");
            ledger.forget(chain, &uuid);
            ledger.accepted(chain, &uuid, is);
        }
        stack.stop().await;
    }

    fn kinds(found: &Findings) -> [usize; 4] {
        [found.lost.len(), found.forks.len(), found.half_applied.len(), found.wrong.len()]
    }

    /// A link that was answered 201.
    fn accepted(
        ledger: &Ledger,
        service: Service,
    ) -> Option<((Service, nextid_core::Avatar), String, Accepted)> {
        let chains = ledger.chains().into_iter().filter(|chain| chain.0 == service);
        chains.into_iter().find_map(|chain| {
            ledger.of(&chain).into_iter().find_map(|(uuid, fate)| match fate {
                Fate::Accepted(accepted) => Some((chain, uuid, accepted)),
                Fate::Refused | Fate::Unknown => None,
            })
        })
    }
}
