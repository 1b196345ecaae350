using Yunnao.Synthetic.Care;

namespace Yunnao.Synthetic;

/// <summary>The kinds of care, wired together.</summary>
internal sealed class Rooms
{
    public Rooms(Town town)
    {
        var (labs, exams, drugs, documents) = (new LabCare(town), new ExamCare(town), new DrugCare(town), new DocumentCare(town));
        Outpatient = new OutpatientCare(town, labs, exams, drugs, documents);
        Inpatient = new InpatientCare(town, labs, exams, drugs, new SurgeryCare(town), new WardCare(town, drugs), documents);
        PublicHealth = new PublicHealthCare(town);
        Registration = new VitalRegistration(town);
    }

    public OutpatientCare Outpatient { get; }

    public InpatientCare Inpatient { get; }

    public PublicHealthCare PublicHealth { get; }

    public VitalRegistration Registration { get; }
}
