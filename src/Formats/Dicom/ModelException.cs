using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom;

/// <summary>A JSON text that is not of the DICOM JSON model; carries a path of tags and no value. It leaves the reader as a problem.</summary>
internal sealed class ModelException(Sentence said, string path) : Exception(said.ToString())
{
    public Sentence Said => said;

    public string Path => path;
}
