namespace Yunnao.Services.RegistryImport;

/// <param name="Kind">One of <see cref="RegistryImporter.Kinds"/>.</param>
/// <param name="Files">Files, or folders whose files are all meant.</param>
/// <param name="Folder">The registry that takes what is imported; made when it is not there.</param>
public sealed record ImportRequest(string Kind, IReadOnlyList<string> Files, string Folder, ImportOptions Options);
