namespace Yunnao.Services.Imaging.Web;

/// <summary>How a viewer is put beside DICOMweb.</summary>
/// <param name="Folder">A built OHIF viewer: npm package @ohif/app, folder dist.</param>
/// <param name="Pages">Path below which its pages are, without a slash at the end; empty for the root.</param>
/// <param name="Sources">Where it finds images; the first is what it opens with, the others are named in its address (<c>?datasources=research</c>).</param>
/// <param name="SignIn">Where people sign in; null where nobody has to.</param>
public sealed record ViewerOptions(string Folder, string Pages, IReadOnlyList<ViewerSource> Sources, ViewerSignIn? SignIn)
{
    /// <summary>True when the folder holds a viewer.</summary>
    public static bool IsViewer(string folder) => File.Exists(Path.Combine(folder, "index.html"));
}
