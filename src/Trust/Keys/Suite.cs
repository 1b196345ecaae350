namespace Yunnao.Trust.Keys;

/// <summary>A family of algorithms. All of it is chosen at once, by configuration; what is stored names its suite, so both can be read at any time.</summary>
public enum Suite
{
    /// <summary>AES-256-GCM, SHA-256, HMAC-SHA-256, ECDSA over P-256.</summary>
    Aes,

    /// <summary>The Chinese commercial algorithms: SM4-GCM (GB/T 32907), SM3 (GB/T 32905), HMAC-SM3, SM2 (GB/T 32918).</summary>
    Sm,
}
