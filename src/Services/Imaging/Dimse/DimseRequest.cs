using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>A request with its data set.</summary>
internal sealed record DimseRequest(AgreedContext Context, DimseCommand Command, DicomDataSet Identifier, TransferSyntax Syntax)
{
    /// <summary>The level of a query (0008,0052); null when it names none that the model has.</summary>
    public QueryLevel? Level => Identifier.GetString(Tags.QueryRetrieveLevel) switch
    {
        "PATIENT" when Context.SopClass is SopClass.PatientRootFind or SopClass.PatientRootMove or SopClass.PatientRootGet => QueryLevel.Patient,
        "STUDY" => QueryLevel.Study,
        "SERIES" => QueryLevel.Series,
        "IMAGE" => QueryLevel.Image,
        _ => null,
    };

    /// <summary>The keys that have a value.</summary>
    public List<MatchKey> Keys =>
        [.. Identifier.Where(e => !e.IsSequence && !e.IsEmpty && e.Tag != Tags.SpecificCharacterSet && e.Tag != Tags.QueryRetrieveLevel).Select(e => new MatchKey(e.Tag, e.Text().Trim()))];
}
