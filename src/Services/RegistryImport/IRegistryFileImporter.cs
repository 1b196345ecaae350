using Yunnao.Kernel;

namespace Yunnao.Services.RegistryImport;

/// <summary>Reads the files of one foreign form into the registry. One class a form.</summary>
internal interface IRegistryFileImporter
{
    /// <summary>Null when everything was read; what the registry cannot take is left out and reported, and is no problem.</summary>
    Problem? Import(IReadOnlyList<string> files, ImportOptions options, RegistryDraft draft);
}
