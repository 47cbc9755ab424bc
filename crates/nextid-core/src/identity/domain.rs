//! Domain names and ENS names.

/// The ASCII form (UTS 46, not transitional) of a domain name of at least two labels, in lower case, without a final dot.
pub(super) fn to_ascii(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    // Underscores appear in names of service records, which can hold TXT records too.
    if text.is_empty()
        || text.chars().any(|c| c.is_ascii() && !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')))
    {
        return None;
    }
    let ascii = idna::domain_to_ascii(text).ok()?;
    is_host(&ascii).then_some(ascii)
}

/// Whether `host` is a name of at least two labels within the limits of RFC 1035, and not an address.
pub(super) fn is_host(host: &str) -> bool {
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let mut labels = host.split('.');
    // The last label of a name is never a number; that of an IPv4 address is, and URLs may write it in hexadecimal.
    let last_is_number = host.rsplit('.').next().is_none_or(|last| {
        last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X")
    });
    host.len() <= 253 && host.contains('.') && labels.all(label_fits) && !last_is_number
}

/// An ENS name as ENSIP-15 normalises it: in lower case, emoji in their shortest form, and without labels that could be
/// taken for others.
pub(super) fn ens(text: &str) -> Option<String> {
    let name = crate::ens::normalize(text)?;
    name.contains('.').then_some(name)
}
