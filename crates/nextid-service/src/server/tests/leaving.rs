//! Clients that leave, or stay and take nothing.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web::Bytes;
use futures_util::stream;

use super::*;

/// How long it may take until it is noticed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Counts what is under way.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A server of an answer that never comes, and of one that never ends.
fn run_with(config: &Config) -> (Running, Shutdown, Arc<AtomicUsize>) {
    let (shutdown, count) = (Shutdown::new(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    let routes: Routes = Arc::new(move |cfg| {
        let (waiting, endless) = (Arc::clone(&counted), Arc::clone(&counted));
        cfg.service(web::resource("/waits").route(get(move || {
            let under_way = UnderWay::new(&waiting);
            async move {
                let _under_way = under_way;
                std::future::pending::<Json<&'static str>>().await
            }
        })))
        .service(web::resource("/endless").route(get(move || {
            let under_way = UnderWay::new(&endless);
            let chunks = stream::repeat_with(move || {
                let _ = &under_way;
                Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 65_536]))
            });
            async move { HttpResponse::Ok().streaming(chunks) }
        })));
    });
    let running = start(Spec { routes, ..spec(&Gate::new()) }, config, &shutdown).unwrap();
    (running, shutdown, count)
}

async fn until(count: &AtomicUsize, wanted: usize) {
    let look = async {
        while count.load(Ordering::SeqCst) != wanted {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("it takes too long");
}

async fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n").as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn nothing_goes_on_for_a_client_that_has_left() {
    let (running, shutdown, count) = run_with(&config());
    let crowd = [ask(running.address(), "/waits").await, ask(running.address(), "/waits").await];
    until(&count, 2).await;
    drop(crowd);
    until(&count, 0).await;
    stop(running, &shutdown).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_takes_nothing_is_cut_off() {
    let mut config = config();
    config.server.stall_timeout_secs = 1;
    let (running, shutdown, count) = run_with(&config);
    // It reads nothing and stays.
    let client = ask(running.address(), "/endless").await;
    until(&count, 1).await;
    until(&count, 0).await;
    drop(client);
    stop(running, &shutdown).await;
}
