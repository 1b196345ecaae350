using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Yunnao.Kernel;

namespace Yunnao.Cli;

/// <summary>Certificates that are named on the command line.</summary>
internal static class Certificates
{
    /// <summary>A certificate of a PEM file (with its key in the same file, for our own) or a PFX file; null when none is named.</summary>
    /// <param name="passwordVariable">Environment variable with the password of a PFX file.</param>
    public static Result<X509Certificate2?> Open(string? path, string passwordVariable, Terminal terminal)
    {
        if (path is null) return (X509Certificate2?)null;
        try
        {
            if (path.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".p12", StringComparison.OrdinalIgnoreCase))
                return X509CertificateLoader.LoadPkcs12FromFile(path, terminal.Variable(passwordVariable));
            return File.ReadAllText(path).Contains("PRIVATE KEY", StringComparison.Ordinal) ? X509Certificate2.CreateFromPemFile(path) : X509CertificateLoader.LoadCertificateFromFile(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Incorrect, "listen.certificate", terminal.Text["listen.bad-certificate"], new(path));
        }
    }
}
