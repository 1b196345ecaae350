namespace Yunnao.Services.RegistryImport;

/// <summary>What came of adding an entry to the registry.</summary>
internal enum Outcome
{
    /// <summary>It was not there, or it took the place of a draft.</summary>
    Added,

    /// <summary>It was there, letter for letter.</summary>
    Same,

    /// <summary>It was there with another content under the same version, and that version is published.</summary>
    Published,

    /// <summary>A later version of it is there.</summary>
    Older,
}
