using System.Text.Json;
using Yunnao.Services.Web;

namespace Yunnao.Services.Exports;

/// <summary>Where the server keeps the files of exports: <c>exports/</c> in the data folder, a folder each.</summary>
public sealed class ExportFolder(string data)
{
    /// <summary>The folder of an export.</summary>
    public string Of(string id) => Path.Combine(data, "exports", id);

    /// <summary>What the encryption of a file is bound to: its export and its name.</summary>
    public static string PlaceOf(string folder, string name) => $"export/{Path.GetFileName(folder)}/{name}";

    /// <summary>The manifest of an export that is whole, or null.</summary>
    public ExportManifest? Manifest(string id)
    {
        var file = Path.Combine(Of(id), ExportManifest.FileName);
        return File.Exists(file) ? JsonSerializer.Deserialize<ExportManifest>(File.ReadAllBytes(file), ApiJson.Options) : null;
    }

    /// <summary>Takes away what an export that will be made in another way has written.</summary>
    public void Empty(string id)
    {
        if (Directory.Exists(Of(id))) Directory.Delete(Of(id), recursive: true);
    }
}
