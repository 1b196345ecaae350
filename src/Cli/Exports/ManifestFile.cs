using System.Security.Cryptography;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Exports;
using Yunnao.Services.Web;

namespace Yunnao.Cli.Exports;

/// <summary>The manifest of an export in a folder.</summary>
internal static class ManifestFile
{
    /// <summary>Reads a manifest, named itself or by its folder; null when it is none.</summary>
    public static ExportManifest? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ExportManifest>(File.ReadAllBytes(Directory.Exists(path) ? Path.Combine(path, ExportManifest.FileName) : path), ApiJson.Options);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>True when the manifest in a folder is signed by the key of a PEM file.</summary>
    public static bool IsSigned(string folder, string publicKey)
    {
        try
        {
            return ManifestSignature.Holds(File.ReadAllText(publicKey), File.ReadAllBytes(Path.Combine(folder, ExportManifest.FileName)), File.ReadAllBytes(Path.Combine(folder, ManifestSignature.FileName)));
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Every file that is missing or another one than the manifest says.</summary>
    public static IEnumerable<Problem> Verify(ExportManifest manifest, string folder)
    {
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path)) yield return new(ProblemKind.NotFound, "export.missing", "A file of the export is missing.", new(path));
            else if (HashOf(path) != file.Sha256) yield return new(ProblemKind.Incorrect, "export.damaged", "The file is not the one that was exported.", new(path));
        }
    }

    private static string HashOf(string path)
    {
        using var bytes = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
