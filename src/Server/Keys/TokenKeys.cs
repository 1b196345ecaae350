using System.Globalization;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Yunnao.Server.Keys;

/// <summary>
/// The keys of tokens, as sealed files in <c>keys/connect</c>, named by the day on which they were made: <c>sign-yyyyMMddHHmmss</c> (RSA 2048, RS256)
/// and <c>seal-…</c> (AES-256, for codes and refresh tokens). The newest of each makes new tokens; older ones verify until no token of
/// theirs can be alive.
/// </summary>
public sealed class TokenKeys(ServerSecrets secrets, string folder, TimeProvider time)
{
    private const int RsaBits = 2048, AesBytes = 32;
    private const string NameOfTime = "yyyyMMddHHmmss";
    private static readonly TimeSpan s_newAfter = TimeSpan.FromDays(90), s_goneAfter = TimeSpan.FromDays(91);

    private readonly string _folder = Path.Combine(folder, "keys", "connect");

    /// <summary>Keys that sign, the newest first.</summary>
    public IReadOnlyList<SecurityKey> Signing() => [.. Read("sign").Select(k => Rsa(k.Name, k.Bytes))];

    /// <summary>Keys that encrypt, the newest first.</summary>
    public IReadOnlyList<SecurityKey> Encrypting() => [.. Read("seal").Select(k => new SymmetricSecurityKey(k.Bytes) { KeyId = k.Name })];

    /// <summary>Makes new keys where the newest are too old, or at once, and removes those that nothing needs any more.</summary>
    /// <returns>True when something changed.</returns>
    public bool Rotate(bool now = false)
    {
        var changed = Make("sign", () => { using var rsa = RSA.Create(RsaBits); return rsa.ExportPkcs8PrivateKey(); }, now);
        changed |= Make("seal", () => RandomNumberGenerator.GetBytes(AesBytes), now);
        foreach (var kind in new[] { "sign", "seal" })
        {
            var files = Files(kind);
            for (var i = 1; i < files.Count; i++)
            {
                if (time.GetUtcNow() - Made(files[i - 1]) < s_goneAfter) continue;
                File.Delete(files[i]);
                changed = true;
            }
        }

        return changed;
    }

    private bool Make(string kind, Func<byte[]> key, bool now)
    {
        if (!now && Files(kind).FirstOrDefault() is { } newest && time.GetUtcNow() - Made(newest) < s_newAfter) return false;
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, $"{kind}-{time.GetUtcNow().ToString(NameOfTime, CultureInfo.InvariantCulture)}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(file + ".part", options))
        {
            stream.Write(secrets.Seal(key()));
            stream.Flush(flushToDisk: true);
        }

        File.Move(file + ".part", file, overwrite: true);
        return true;
    }

    private IEnumerable<(string Name, byte[] Bytes)> Read(string kind) => Files(kind).Select(f => (Path.GetFileName(f), secrets.Open(File.ReadAllBytes(f))));

    private List<string> Files(string kind) => Directory.Exists(_folder)
        ? [.. Directory.EnumerateFiles(_folder, $"{kind}-*").Where(f => !f.EndsWith(".part", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal)]
        : [];

    private static DateTimeOffset Made(string file) =>
        DateTimeOffset.ParseExact(Path.GetFileName(file)[5..], NameOfTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static RsaSecurityKey Rsa(string name, byte[] bytes)
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(bytes, out _);
        return new(rsa) { KeyId = name };
    }
}
