namespace Yunnao.Trust.Keys;

/// <summary>What a key is for. A key has one use.</summary>
public enum KeyUse
{
    /// <summary>Seals identifying values in the vault.</summary>
    Vault,

    /// <summary>Keyed hashes of the vault, for exact look-up. Never rotated: its hashes are the keys of rows.</summary>
    VaultLookup,

    /// <summary>Encrypts objects: landed files, images, exports.</summary>
    Objects,

    /// <summary>Encrypts backups.</summary>
    Backup,

    /// <summary>Keyed hash over the head of the audit.</summary>
    AuditHead,

    /// <summary>Signs the audit; a private key.</summary>
    AuditSeal,

    /// <summary>Pseudonyms; each recipient's key is derived from it. Not rotated by itself: a new one makes other pseudonyms.</summary>
    Pseudonym,

    /// <summary>Encrypts what the server keeps for itself: keys that sign tokens, keys of cookies.</summary>
    Server,

    /// <summary>Seals what the index of images says of persons, and makes its keyed hashes. Under a new one the index is made again.</summary>
    ImageIndex,

    /// <summary>Signs the manifests of exports; a private key.</summary>
    ExportSeal,
}
