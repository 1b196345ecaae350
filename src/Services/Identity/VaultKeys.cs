using System.Security.Cryptography;
using Yunnao.Kernel;

namespace Yunnao.Services.Identity;

/// <summary>
/// The vault's two keys: one encrypts values (AES-256-GCM), one makes the keyed hashes for exact look-up (HMAC-SHA-256).
/// They live in one file of 64 bytes that only its owner may read, by default <c>keys/vault.key</c> beside the vault;
/// the environment variable <c>YUNNAO_VAULT_KEY_FILE</c> names another place, so that data and key need not share a disk.
/// </summary>
public sealed class VaultKeys
{
    private const int KeyLength = 32;

    private VaultKeys(byte[] encryption, byte[] hashing)
    {
        Encryption = encryption;
        Hashing = hashing;
    }

    internal byte[] Encryption { get; }

    internal byte[] Hashing { get; }

    /// <summary>Reads the key file, or creates it when neither it nor a vault exists yet.</summary>
    /// <param name="file">Path of the key file.</param>
    /// <param name="vaultExists">True when a vault is there: then a missing key file is a problem, never a new key.</param>
    public static Result<VaultKeys> Open(string file, bool vaultExists)
    {
        if (!File.Exists(file))
        {
            if (vaultExists)
                return new Problem(ProblemKind.Unavailable, "vault.key-missing", "The vault exists but its key file does not. Restore the key file, or set YUNNAO_VAULT_KEY_FILE.", new(file));
            Create(file);
        }

        var bytes = File.ReadAllBytes(file);
        return bytes.Length == 2 * KeyLength
            ? new VaultKeys(bytes[..KeyLength], bytes[KeyLength..])
            : new Problem(ProblemKind.Unavailable, "vault.key-damaged", $"A vault key file has {2 * KeyLength} bytes; this one has {bytes.Length}.", new(file));
    }

    private static void Create(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(RandomNumberGenerator.GetBytes(2 * KeyLength));
        stream.Flush(flushToDisk: true);
    }
}
