//! Identities on Nostr, Bluesky and Farcaster, and of websites.

use nextid_core::Platform;

use super::identity::Row;

/// The example of NIP-19.
const KEY: &str = "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d";
const NPUB: &str = "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6";

const DID: &str = "did:plc:z72i7hdynmk6r22z27h6tvur";

pub const ROWS: [Row<'_>; 4] = [
    (
        Platform::Nostr,
        &[
            (KEY, KEY),
            ("3BF0C63FCB93463407AF97A5E5EE64FA883D107EF9E558472C4EB9AAAEFA459D", KEY),
            (NPUB, KEY),
            ("NPUB180CVV07TJDRRGPA0J7J7TMNYL2YR6YR7L8J4S3EVF6U64TH6GKWSYJH6W6", KEY),
            ("nostr:npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6", KEY),
        ],
        &[
            "",
            "npub1",
            "alice@example.com",
            "0x3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d",
            "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459",
            "023bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d",
            // A wrong checksum, mixed letter case, a private key, an event, a profile, and no point of the curve.
            "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w7",
            "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6W6",
            "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5",
            "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc",
            "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "0000000000000000000000000000000000000000000000000000000000000000",
        ],
    ),
    (
        Platform::Bluesky,
        &[
            ("alice.bsky.social", "alice.bsky.social"),
            ("@Alice.Bsky.Social", "alice.bsky.social"),
            ("example.com", "example.com"),
            ("1.a-b.co", "1.a-b.co"),
            (DID, DID),
            ("did:web:example.com", "did:web:example.com"),
        ],
        &[
            "",
            "@",
            "alice",
            "alice.",
            ".bsky.social",
            "alice.bsky.social.",
            "a_b.bsky.social",
            "-a.bsky.social",
            "a..b",
            "alice.4chan",
            "127.0.0.1",
            "bücher.example.com",
            "alice@bsky.social",
            "alice.bsky.social/post",
            "https://bsky.app/profile/alice.bsky.social",
            // What the protocol writes in the place of a handle that does not hold, and other names that are nobody's.
            "handle.invalid",
            "printer.local",
            "alice.internal",
            "alice.localhost",
            "did:plc:",
            "did:plc:z72i7hdynmk6r22z27h6tvu",
            "did:plc:z72i7hdynmk6r22z27h6tvur2",
            "did:plc:z72i7hdynmk6r22z27h6tvu1",
            "did:web:",
            "did:web:localhost",
            "did:web:example.com:user",
            "did:web:example.com%3A443",
            "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            "did:",
        ],
    ),
    (
        Platform::Farcaster,
        &[
            ("alice", "alice"),
            ("@Alice-2", "alice-2"),
            ("dwr.eth", "dwr.eth"),
            ("alice.base.eth", "alice.base.eth"),
            ("3", "3"),
            ("007", "7"),
            ("18446744073709551615", "18446744073709551615"),
        ],
        &[
            "",
            "@",
            "0",
            "000",
            "18446744073709551616",
            "-alice",
            "al_ice",
            "al ice",
            "alice.com",
            "alice.base",
            "a.b.base.eth",
            ".eth",
            "a..eth",
            "seventeen-letters",
            "älice",
            "!3",
            "+3",
        ],
    ),
    (
        Platform::Website,
        &[
            ("example.com", "example.com"),
            ("EXAMPLE.Com.", "example.com"),
            ("https://www.example.com/", "www.example.com"),
            ("http://example.com", "example.com"),
            ("https://bücher.example/", "xn--bcher-kva.example"),
        ],
        &[
            "",
            "/",
            "https://",
            "localhost",
            "https://example.com/about",
            "https://example.com:8443",
            "example.com:443",
            "user@example.com",
            "https://example.com?x",
            "https://example.com//",
            "ftp://example.com",
            "127.0.0.1",
            "[::1]",
            "a b.com",
        ],
    ),
];
