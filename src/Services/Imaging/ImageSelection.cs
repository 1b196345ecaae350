using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging;

/// <summary>Instances by the unique keys of the levels; null narrows nothing. At least one is needed.</summary>
public sealed record ImageSelection(string? Patient, string? Study, string? Series, string? Instance)
{
    /// <summary>True when nothing is named, so that everything would be meant.</summary>
    public bool IsEmpty => Patient is null && Study is null && Series is null && Instance is null;

    internal List<MatchKey> Keys
    {
        get
        {
            var keys = new List<MatchKey>();
            Add(Tags.PatientId, Patient);
            Add(Tags.StudyInstanceUid, Study);
            Add(Tags.SeriesInstanceUid, Series);
            Add(Tags.SopInstanceUid, Instance);
            return keys;

            void Add(DicomTag tag, string? value)
            {
                if (value is not null) keys.Add(new(tag, value));
            }
        }
    }
}
