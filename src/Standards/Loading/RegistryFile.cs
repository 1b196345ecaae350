namespace Yunnao.Standards.Loading;

/// <summary>One file of the registry in memory.</summary>
/// <param name="Path">Relative to the registry's folder, with forward slashes.</param>
/// <param name="Hash">SHA-256 of the content.</param>
internal sealed record RegistryFile(string Path, byte[] Content, byte[] Hash)
{
    /// <summary>File name without folder and extension: the value set, data set or map that the file is about.</summary>
    public string Subject => System.IO.Path.GetFileNameWithoutExtension(Path);

    public SourceLine Line(int line) => new(Path, line);
}
