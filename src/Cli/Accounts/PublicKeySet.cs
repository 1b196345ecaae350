using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Yunnao.Cli.Accounts;

/// <summary>Public keys in PEM, as <c>openssl pkey -pubout</c> and certificates have them, as the JWK Set (RFC 7517, RFC 7518 6.2 and 6.3) that an application is made with.</summary>
internal static class PublicKeySet
{
    /// <summary>The set. Throws <see cref="CryptographicException"/> where a key is private, or is none of RSA and of P-256, P-384 and P-521.</summary>
    public static JsonElement OfPem(string pem)
    {
        var keys = new List<Dictionary<string, string>>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var found))
        {
            keys.Add(Key(rest[found.Location].ToString(), rest[found.Label].ToString()));
            rest = rest[found.Location.End..];
        }

        return JsonSerializer.SerializeToElement(new { keys });
    }

    private static Dictionary<string, string> Key(string pem, string label)
    {
        if (label == "CERTIFICATE")
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return Key(certificate.PublicKey.ExportSubjectPublicKeyInfo());
        }

        return label == "PUBLIC KEY" ? Key(Convert.FromBase64String(string.Concat(pem.Split('\n').Where(l => !l.StartsWith('-')).Select(l => l.Trim())))) : throw new CryptographicException("No public key.");
    }

    private static Dictionary<string, string> Key(byte[] info)
    {
        try
        {
            using var ec = ECDsa.Create();
            ec.ImportSubjectPublicKeyInfo(info, out _);
            var point = ec.ExportParameters(includePrivateParameters: false);
            var curve = ec.KeySize switch { 256 => "P-256", 384 => "P-384", 521 => "P-521", _ => throw new CryptographicException("Another curve.") };
            return new() { ["kty"] = "EC", ["crv"] = curve, ["x"] = Base64Url.EncodeToString(point.Q.X), ["y"] = Base64Url.EncodeToString(point.Q.Y), ["use"] = "sig" };
        }
        catch (CryptographicException)
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(info, out _);
            var numbers = rsa.ExportParameters(includePrivateParameters: false);
            return new() { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(numbers.Modulus), ["e"] = Base64Url.EncodeToString(numbers.Exponent), ["use"] = "sig" };
        }
    }
}
