/// Header fields as they travel: lower-case names, values of bytes.
pub type Fields = Vec<(String, Vec<u8>)>;
