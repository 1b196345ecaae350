using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Yunnao.Cli;

/// <summary>Reads certificates.</summary>
internal static class CertificateFile
{
    /// <summary>The certificate of a PEM file (with its key where the file holds one) or a PFX file; null when it cannot be read.</summary>
    public static X509Certificate2? Open(string path, string? password)
    {
        try
        {
            if (path.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".p12", StringComparison.OrdinalIgnoreCase))
                return X509CertificateLoader.LoadPkcs12FromFile(path, password);
            return File.ReadAllText(path).Contains("PRIVATE KEY", StringComparison.Ordinal) ? X509Certificate2.CreateFromPemFile(path) : X509CertificateLoader.LoadCertificateFromFile(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
