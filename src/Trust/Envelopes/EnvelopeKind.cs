namespace Yunnao.Trust.Envelopes;

/// <summary>How the key of an envelope's content is given to its recipient.</summary>
internal enum EnvelopeKind
{
    /// <summary>RSAES-OAEP with SHA-256 (RFC 8017, RFC 3560); content by AES-256-CBC.</summary>
    Rsa,

    /// <summary>Ephemeral-static ECDH with the X9.63 key derivation over SHA-256 and AES-256 key wrap (RFC 5753); content by AES-256-CBC.</summary>
    EllipticCurve,

    /// <summary>SM2 public-key encryption (GB/T 32918.4) in the form of GB/T 35276, content by SM4-CBC (GB/T 32907).</summary>
    Sm2,
}
