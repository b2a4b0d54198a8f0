//! An answer that is compressed though nobody asked for that.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ureq::http::HeaderMap;
use ureq::http::header::CONTENT_ENCODING;

use super::salvaged::Salvaged;

/// How much is looked at to tell what it is.
const FIRST_BYTES: usize = 16 * 1024;

/// The first bytes of everything that gzip packs.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The length of the longest field by which an event is known.
const LONGEST_FIELD: usize = 6;

/// The bytes of an answer, of which the first have been read already.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// Reads an answer, unpacked if it is packed. It gives out what has come so far and
/// holds no more than a window of it.
pub(super) enum Unpacked<R> {
    Plain(Whole<R>),
    Gzip(Salvaged<Box<MultiGzDecoder<Whole<R>>>>),
    Zlib(Salvaged<Box<ZlibDecoder<Whole<R>>>>),
    Deflate(Salvaged<Box<DeflateDecoder<Whole<R>>>>),
}

impl<R: Read> Unpacked<R> {
    /// Waits for the beginning. What it is decides; `deflate`, which has no mark,
    /// needs its label.
    pub(super) fn new(mut stream: R, headers: &HeaderMap) -> io::Result<Self> {
        let is_labelled = label(headers).is_some_and(|label| label == "deflate");
        let mut first = vec![0; FIRST_BYTES];
        let mut length = 0;
        loop {
            let count = match stream.read(first.get_mut(length..).unwrap_or_default()) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            length += count;
            // More is waited for only while what has come says nothing yet.
            let is_open = match first.first() {
                Some(byte) if *byte == GZIP[0] => length < GZIP.len(),
                _ => is_labelled && length < LONGEST_FIELD,
            };
            if count == 0 || !is_open {
                break;
            }
        }
        first.truncate(length);
        let is_gzip = first.starts_with(&GZIP);
        let is_zlib = matches!(*first, [a, b, ..] if a & 0x0f == 8
            && (u16::from(a) << 8 | u16::from(b)).is_multiple_of(31));
        let is_text = matches!(*first, [b'{' | b'[' | b'<' | b':', ..]) || is_event(&first);
        let whole = Cursor::new(first).chain(stream);
        Ok(if is_gzip {
            Self::Gzip(Salvaged::new(Box::new(MultiGzDecoder::new(whole))))
        } else if !is_labelled || is_text || length == 0 {
            Self::Plain(whole)
        } else if is_zlib {
            Self::Zlib(Salvaged::new(Box::new(ZlibDecoder::new(whole))))
        } else {
            Self::Deflate(Salvaged::new(Box::new(DeflateDecoder::new(whole))))
        })
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(whole) => whole.read(buffer),
            Self::Gzip(packed) => packed.read(buffer),
            Self::Zlib(packed) => packed.read(buffer),
            Self::Deflate(packed) => packed.read(buffer),
        }
    }
}

/// How an answer is packed that cannot be unpacked, by its label.
pub(super) fn unknown_packing(headers: &HeaderMap) -> Option<String> {
    let label = label(headers)?;
    let known = ["", "identity", "gzip", "x-gzip", "deflate"];
    (!known.contains(&label.as_str())).then_some(label)
}

fn label(headers: &HeaderMap) -> Option<String> {
    let label = headers.get(CONTENT_ENCODING)?.to_str().ok()?;
    Some(label.trim().to_ascii_lowercase())
}

fn is_event(first: &[u8]) -> bool {
    [&b"data:"[..], b"event:", b"id:"]
        .iter()
        .any(|field| first.starts_with(field))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use ureq::http::HeaderValue;

    use super::*;

    const TEXT: &[u8] = b"data: hello\n\ndata: and more of it\n\n";

    /// Hands out one byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    fn labelled(label: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(label))])
    }

    fn read(bytes: &[u8], label: &'static str) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        Unpacked::new(Drip(bytes), &labelled(label))?.read_to_end(&mut text)?;
        Ok(text)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_it_is_decides() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(TEXT).unwrap();
        let twice = [gzip(&TEXT[..9]), gzip(&TEXT[9..])].concat();
        for (bytes, label) in [
            (gzip(TEXT), "gzip"),
            (gzip(TEXT), "identity"),
            (twice, "x-gzip"),
            (zlib.finish().unwrap(), "deflate"),
            (deflate.finish().unwrap(), "deflate"),
            (TEXT.to_vec(), "gzip"),
            (TEXT.to_vec(), "deflate"),
        ] {
            assert_eq!(read(&bytes, label).unwrap(), TEXT, "{label}");
        }
        assert_eq!(read(b"", "gzip").unwrap(), b"");
        assert_eq!(read(b"\x1f", "").unwrap(), b"\x1f");
        let cut = gzip(TEXT);
        let cut = read(&cut[..cut.len() - 9], "gzip").unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn each_part_is_given_out_when_it_has_come() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(b"one").unwrap();
        packer.flush().unwrap();
        let first = packer.get_ref().len();
        packer.write_all(b"two").unwrap();
        let all = packer.finish().unwrap();
        let mut unpacked = Unpacked::new(&all[..first], &HeaderMap::new()).unwrap();
        let mut buffer = [0; 100];
        assert_eq!(unpacked.read(&mut buffer).unwrap(), 3);
        assert_eq!(&buffer[..3], b"one");
    }

    #[test]
    fn other_ways_of_packing_are_named() {
        assert_eq!(unknown_packing(&labelled(" BR ")).as_deref(), Some("br"));
        assert_eq!(unknown_packing(&labelled("gzip")), None);
        assert_eq!(unknown_packing(&HeaderMap::new()), None);
    }
}
