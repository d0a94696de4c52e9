//! Reading binary files without ever reading past their end: the container format of iden3, and little-endian numbers.

/// Why a binary file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// A cursor over bytes; every read may fail, none panics.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed("it ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed("it ends too early"))
    }

    #[cfg(feature = "prover")]
    pub(crate) fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_le_bytes)
    }

    /// A 32-bit number used as a count or index.
    pub(crate) fn index(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.u32()?).map_err(|_| Malformed("a number is too large"))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_le_bytes)
    }

    /// Four little-endian limbs.
    pub(crate) fn limbs(&mut self) -> Result<[u64; 4], Malformed> {
        let mut limbs = [0u64; 4];
        for limb in &mut limbs {
            *limb = self.u64()?;
        }
        Ok(limbs)
    }

    /// Nothing may be left.
    pub(crate) const fn end(&self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed("it is longer than it says")) }
    }

    #[cfg(feature = "prover")]
    pub(crate) const fn remaining(&self) -> usize {
        self.rest.len()
    }
}

/// A file of numbered sections (`.zkey`, `.r1cs`): magic, version, number of sections, then kind, length and content of each.
pub(crate) struct SectionFile<'a> {
    sections: Vec<(u32, &'a [u8])>,
}

impl<'a> SectionFile<'a> {
    pub(crate) fn parse(bytes: &'a [u8], magic: [u8; 4], version: u32) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        if reader.array()? != magic {
            return Err(Malformed("it is another kind of file"));
        }
        if reader.u32()? != version {
            return Err(Malformed("it has another version"));
        }
        let count = reader.u32()?;
        let mut sections = Vec::new();
        for _ in 0..count {
            let kind = reader.u32()?;
            let length = usize::try_from(reader.u64()?).map_err(|_| Malformed("a section is too long"))?;
            let content = reader.take(length)?;
            if sections.iter().any(|(known, _)| *known == kind) {
                return Err(Malformed("a section appears twice"));
            }
            sections.push((kind, content));
        }
        reader.end()?;
        Ok(Self { sections })
    }

    pub(crate) fn section(&self, kind: u32) -> Result<Reader<'a>, Malformed> {
        self.sections.iter().find_map(|(known, content)| (*known == kind).then_some(Reader::new(content))).ok_or(Malformed("a section is missing"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(sections: &[(u32, &[u8])]) -> Vec<u8> {
        let mut bytes = b"test\x01\0\0\0".to_vec();
        bytes.extend(u32::try_from(sections.len()).expect("few").to_le_bytes());
        for (kind, content) in sections {
            bytes.extend(kind.to_le_bytes());
            bytes.extend((content.len() as u64).to_le_bytes());
            bytes.extend_from_slice(content);
        }
        bytes
    }

    #[test]
    fn every_truncation_and_every_extension_is_refused() {
        let bytes = file(&[(1, b"abc"), (2, b"")]);
        assert!(SectionFile::parse(&bytes, *b"test", 1).is_ok());
        for length in 0..bytes.len() {
            assert!(SectionFile::parse(&bytes[..length], *b"test", 1).is_err(), "{length}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(SectionFile::parse(&longer, *b"test", 1).is_err());
    }

    #[test]
    fn a_repeated_section_and_a_length_beyond_memory_are_refused() {
        assert!(SectionFile::parse(&file(&[(1, b"a"), (1, b"b")]), *b"test", 1).is_err());
        let mut bytes = file(&[(1, b"a")]);
        bytes[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(SectionFile::parse(&bytes, *b"test", 1).is_err());
    }
}
